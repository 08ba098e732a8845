import type { Migration } from 'kysely/migration'
import { up as sessionsAndRecords } from './001-sessions-and-records.ts'
import { up as accounts } from './002-accounts.ts'
import { up as groups } from './003-groups.ts'
import { up as parts } from './004-parts.ts'

/** In order of their names; one that was released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-sessions-and-records': { up: sessionsAndRecords },
  '002-accounts': { up: accounts },
  '003-groups': { up: groups },
  '004-parts': { up: parts },
}
