import { join } from 'node:path'
import { dropFiles, openRecord, signIn, upload } from './support/app.ts'
import { file, KIB, randomFile, type Sample } from './support/files.ts'
import { expect, FileServer, test } from './support/test.ts'

const server = new FileServer()
const { api } = server

test('a dropped folder brings the files of all its folders', async ({ page, folder }) => {
  const samples = [
    await randomFile(folder, 'cargo/bill of lading.bin', 300 * KIB),
    await file(folder, 'cargo/holds/one/list.txt', 'tea\n'),
    await file(folder, 'cargo/holds/two/list.txt', 'coffee\n'),
    await file(folder, 'cargo/holds/two/empty.txt', ''),
  ]
  const record = await api.newRecord('Cargo')
  await signIn(page, server.url)
  await openRecord(page, server.url, record)
  await dropFiles(page, [join(folder, 'cargo')])
  await expect(page.getByText('4 of 4 files done')).toBeVisible({ timeout: 30_000 })
  await expect(
    upload(page, 'cargo - holds - one - list.txt').filter({ hasText: 'from cargo/holds/one/list.txt' }),
  ).toHaveCount(1)
  const entries = await api.entries(record)
  const [bill, one, two, empty] = samples.map(({ sha256 }) => sha256)
  expect(Object.fromEntries(entries.map(({ name, sha256 }) => [name, sha256]))).toEqual({
    'bill of lading.bin': bill,
    'cargo - holds - one - list.txt': one,
    'cargo - holds - two - list.txt': two,
    'empty.txt': empty,
  })
  expect((await api.sessions()).every(({ status, verified }) => status === 'COMPLETED' && verified)).toBe(
    true,
  )
})

test('200 small files are all filed and verified', async ({ page, folder }) => {
  const samples: Sample[] = []
  for (let at = 0; at < 200; at += 1)
    samples.push(await randomFile(folder, `crate-${String(at).padStart(3, '0')}.bin`, 1 + at * 97))
  const record = await api.newRecord('Two hundred crates')
  await signIn(page, server.url)
  await openRecord(page, server.url, record)
  await dropFiles(
    page,
    samples.map(({ path }) => path),
  )
  await expect(page.getByText('200 of 200 files done')).toBeVisible({ timeout: 90_000 })
  await expect(page.getByRole('list', { name: 'Uploads of this browser' }).getByText('Verified')).toHaveCount(
    50,
  )

  const sessions = await api.sessions('crate-')
  expect(sessions).toHaveLength(200)
  for (const session of sessions) expect(session).toMatchObject({ status: 'COMPLETED', verified: true })
  const digests = new Map((await api.entries(record)).map(({ name, sha256 }) => [name, sha256]))
  expect(digests).toEqual(new Map(samples.map(({ name, sha256 }) => [name, sha256])))
})
