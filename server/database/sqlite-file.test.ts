import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sampleSession } from './conformance/samples.ts'
import { openSQLite, overFile } from './sqlite.ts'
import { openFile } from './sqlite-file.ts'

describe('the database file', () => {
  let folder: string
  let file: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-database-'))
    file = join(folder, 'slipway.db')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const fill = async (sessions: number): Promise<void> => {
    const db = await openSQLite({ file })
    for (let n = 0; n < sessions; n += 1) await db.write((tx) => tx.sessions.insert(sampleSession()))
    await db.close()
  }

  test('is readable by its owner alone, also when it was wider, and so are its helpers', async () => {
    await fill(0)
    chmodSync(file, 0o644)
    const db = await openSQLite({ file })
    await db.write((tx) => tx.sessions.insert(sampleSession()))

    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600)
    await db.close()
  })

  test('is made with its folder, and commits are flushed', async () => {
    file = join(folder, 'deep', 'er', 'slipway.db')
    await fill(1)
    expect(statSync(file).size).toBeGreaterThan(0)
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700)
  })

  test('that is no database is left alone, and the message names it and a remedy', async () => {
    const text = 'these are my notes, do not touch\n'.repeat(200)
    writeFileSync(file, text)
    await expect(openSQLite({ file })).rejects.toThrow(
      new RegExp(`^the database ${file} is no SQLite database.*restore it from a backup`),
    )
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('that is damaged inside is told so', async () => {
    await fill(300)
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 8 * 4096, bytes.length - 4096)
    writeFileSync(file, bytes)
    await expect(openSQLite({ file })).rejects.toThrow(/slipway\.db is damaged.*restore it from a backup/)
  })

  test('of another program is left alone', async () => {
    const other = new DatabaseSync(file)
    other.exec('create table theirs (a)')
    other.close()
    const before = readFileSync(file)
    await expect(openSQLite({ file })).rejects.toThrow(/is the database of another program/)
    expect(readFileSync(file)).toEqual(before)
  })

  test('of a newer version is refused, naming what is unknown', async () => {
    await fill(0)
    const newer = new DatabaseSync(file)
    newer.exec("insert into kysely_migration values ('999-from-the-future', '2030-01-01')")
    newer.close()
    await expect(openSQLite({ file })).rejects.toThrow(
      /newer version \(it has 999-from-the-future\).*start that/,
    )
  })

  test('that is a folder is told so', async () => {
    await expect(openSQLite({ file: folder })).rejects.toThrow(
      new RegExp(`^the database ${folder} cannot be opened`),
    )
  })

  test('that is read-only is refused with what to do', async () => {
    await fill(1)
    chmodSync(folder, 0o755)
    chmodSync(file, 0o444)
    await expect(asNobody(() => openSQLite({ file }))).rejects.toThrow(
      /slipway\.db cannot be opened .*may read and write the file/,
    )
  })

  test('has every commit that was acknowledged before the process was killed', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'conformance', 'writer.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let said = ''
    for await (const data of child.stdout) {
      said += String(data)
      if (said.length > 10_000) child.kill('SIGKILL')
    }
    expect(await exited).toEqual([null, 'SIGKILL'])
    const acknowledged = said.split('\n').slice(0, -1)

    const db = await openSQLite({ file })
    const found = await Promise.all(acknowledged.map((id) => db.sessions.get(id)))
    expect(acknowledged.length).toBeGreaterThan(250)
    expect(found.every((session) => session?.chunkCount === 1)).toBe(true)
    await db.close()
  }, 20_000)

  test('that was moved away is no longer ready', async () => {
    const db = await openSQLite({ file })
    await db.probe()
    rmSync(file)
    await expect(db.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await db.close()
  })

  test('that may not grow refuses writes with NO_SPACE, keeps what it has, and goes on once there is room', async () => {
    const opened = await openFile(file)
    const db = overFile(opened)
    const limit = (pages: number) => opened.writer.raw.exec(`pragma max_page_count = ${pages}`)
    const [before, during, after] = [sampleSession(), sampleSession(), sampleSession()]
    await db.write((tx) => tx.sessions.insert(before))
    limit(1)

    const big = Array.from({ length: 20 }, () => sampleSession({ attributes: { text: 'x'.repeat(50_000) } }))
    const outcomes = await Promise.allSettled(
      [during, ...big].map((session) => db.write((tx) => tx.sessions.insert(session))),
    )
    const refused = outcomes.filter((one) => one.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const one of refused) expect(one.reason).toMatchObject({ code: 'NO_SPACE' })
    expect(await db.sessions.get(before.id)).toEqual(before)

    limit(1_000_000)
    await db.write((tx) => tx.sessions.insert(after))
    expect(await db.sessions.get(after.id)).toEqual(after)
    await db.close()
  })
})

/** As a user without any rights; root may write to everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const { geteuid, seteuid } = process
  if (geteuid?.() !== 0 || seteuid === undefined) return work()
  seteuid(65534)
  try {
    return await work()
  } finally {
    seteuid(0)
  }
}
