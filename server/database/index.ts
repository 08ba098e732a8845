/** The database: the core's repositories on Kysely, and what else of the core's ports lives in one process. */

export { accountStore } from './accounts.ts'
export { createEvents } from './events.ts'
export { createLocker } from './locker.ts'
export { type OpenDatabase, openSQLite } from './sqlite.ts'
