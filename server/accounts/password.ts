import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane. */
const MEMORY = 19_456
const PASSES = 2
const PARALLELISM = 1
const TAG = 32
const SALT = 16

/** Each takes a thread of libuv's pool, which file access needs too. */
const AT_ONCE = 2

const derive: (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer> = promisify(argon2)
const PHC =
  /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<lanes>\d+)\$(?<salt>[A-Za-z0-9+/]+)\$(?<tag>[A-Za-z0-9+/]+)$/

const waiting: (() => void)[] = []
let running = 0

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go))
  else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

/** The password as a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT)
  const tag = await inTurn(() =>
    derive('argon2id', {
      message: password.normalize('NFC'),
      nonce,
      memory: MEMORY,
      passes: PASSES,
      parallelism: PARALLELISM,
      tagLength: TAG,
    }),
  )
  return phc(nonce, tag)
}

/** Takes as long with no stored password as with a wrong one. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const parts = PHC.exec(stored ?? NOBODY)?.groups
  if (parts === undefined) throw new Error('a stored password is not a PHC string of argon2id')
  const expected = Buffer.from(parts.tag ?? '', 'base64')
  const tag = await inTurn(() =>
    derive('argon2id', {
      message: password.normalize('NFC'),
      nonce: Buffer.from(parts.salt ?? '', 'base64'),
      memory: Number(parts.memory),
      passes: Number(parts.passes),
      parallelism: Number(parts.lanes),
      tagLength: expected.length,
    }),
  )
  return timingSafeEqual(tag, expected) && stored !== null
}

const phc = (salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${MEMORY},t=${PASSES},p=${PARALLELISM}$${base64(salt)}$${base64(tag)}`

/** PHC strings carry base64 without padding. */
const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** What the password of somebody unknown is compared with: no password has this tag. */
const NOBODY = phc(Buffer.alloc(SALT), Buffer.alloc(TAG))
