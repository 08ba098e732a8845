import { accountRepository } from './accounts.ts'
import type { Context } from './context.ts'
import { fileRepository } from './files.ts'
import { groupWriter } from './groups.ts'
import { recordRepository } from './records.ts'
import { sessionWriter } from './session-writer.ts'

/** Everything the database keeps, over one connection or one transaction. */
export const repositories = (context: Context) => ({
  sessions: sessionWriter(context),
  groups: groupWriter(context),
  records: recordRepository(context),
  files: fileRepository(context),
  accounts: accountRepository(context),
})
