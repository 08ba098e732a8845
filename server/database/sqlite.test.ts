import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeDatabase } from './conformance/index.ts'
import { openSQLite } from './index.ts'

describeDatabase('SQLite', {
  place: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-database-'))
    return {
      open: () => openSQLite({ file: join(folder, 'slipway.db') }),
      remove: () => rm(folder, { recursive: true, force: true }),
    }
  },
})
