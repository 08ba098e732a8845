import { invalid } from '#errors'

/**
 * Bytes of a part that was sent with `Content-Transfer-Encoding: base64`.
 * @throws Refusal INVALID for what is no base64
 */
export async function* decodeBase64(encoded: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = ''
  let padded = false
  for await (const piece of encoded) {
    const text = held + piece.toString('latin1').replace(/\s+/g, '')
    const whole = text.length - (text.length % 4)
    held = text.slice(whole)
    if (whole === 0) continue
    if (padded) throw noBase64()
    const group = text.slice(0, whole)
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(group)) throw noBase64()
    padded = group.endsWith('=')
    yield Buffer.from(group, 'base64')
  }
  if (held !== '') throw noBase64()
}

const noBase64 = () => invalid('multipart', 'has a part that says base64 and is not')
