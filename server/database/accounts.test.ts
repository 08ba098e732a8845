import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe } from 'vitest'
import { describeAccounts } from './conformance/accounts.ts'
import { accountStore, openSQLite } from './index.ts'

describe('accounts in SQLite', () => {
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  describeAccounts(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-accounts-'))
    const db = await openSQLite({ file: join(folder, 'slipway.db') })
    ends.push(
      () => rm(folder, { recursive: true, force: true }),
      () => db.close(),
    )
    return accountStore(db)
  })
})
