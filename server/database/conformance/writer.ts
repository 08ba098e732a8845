/** Writes sessions to the database file it is given until it is killed, and says the id of each that was acknowledged. */

import { writeSync } from 'node:fs'
import { openSQLite } from '#database'
import { sampleSession } from './samples.ts'

const db = await openSQLite({ file: process.argv[2] ?? '' })

async function write(): Promise<never> {
  for (;;) {
    const session = sampleSession()
    await db.write((tx) => tx.sessions.insert(session))
    await db.write((tx) => tx.sessions.update(session.id, { status: ['INITIATED'] }, { chunkCount: 1 }))
    writeSync(1, `${session.id}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, write))
