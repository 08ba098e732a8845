import { receipt } from '../api/sessions.ts'
import type { Session } from '../api/types.ts'
import { saveJSON } from '../ui/save.ts'

/** The server's receipt, with the digest that this browser computed beside it when it has one. */
export async function saveReceipt(session: Session, ownDigest: string | null): Promise<void> {
  const document = await receipt(session.id)
  const own = ownDigest ? { browserSha256: ownDigest } : {}
  saveJSON(`${session.fileName}.receipt.json`, { ...document, ...own })
}
