import type { Status } from '#sessions'
import { batches, type Context, locks } from './context.ts'

/** A session in one of these still needs its bytes. */
const ALIVE: readonly Status[] = ['INITIATED', 'UPLOADING', 'PROCESSING', 'COMPLETED']

/** The session that brought an object: its name up to the first dot. */
const ownerOf = (object: string): string => object.split('.', 1)[0] ?? object

/**
 * Lets go of `objects` for `holder`, unless its session or an entry still reads them, and returns what is garbage now.
 * A file that nobody reads any more lets go of what it held in turn.
 */
export async function release(
  context: Context,
  holder: string,
  objects: readonly string[],
): Promise<string[]> {
  if ((await used(context, [holder])).has(holder)) return []
  await letGo(context, holder, objects)
  const garbage = new Set<string>()
  let candidates = [...objects, ...(await bury(context, [holder]))]
  while (candidates.length > 0) {
    const unread = await unreadOf(context, [...new Set(candidates)])
    for (const object of unread) garbage.add(object)
    const freed = await bury(context, [...new Set(unread.map(ownerOf))])
    candidates = freed.filter((object) => !garbage.has(object))
  }
  return [...garbage]
}

/** Those of the files that a living session or an entry needs. Locks their sessions against a change meanwhile. */
async function used(context: Context, files: readonly string[]): Promise<Set<string>> {
  const { db } = context
  const out = new Set<string>()
  for (const some of batches(files)) {
    const select = db.selectFrom('sessions').select(['id', 'status']).where('id', 'in', some).orderBy('id')
    const sessions = await (locks(context) ? select.forUpdate() : select).execute()
    for (const { id, status } of sessions) if (ALIVE.includes(status as Status)) out.add(id)
    const read = await db.selectFrom('entries').select('file').distinct().where('file', 'in', some).execute()
    for (const { file } of read) out.add(file)
  }
  return out
}

async function letGo({ db }: Context, holder: string, objects: readonly string[]): Promise<void> {
  for (const some of batches(objects))
    await db.deleteFrom('holds').where('holder', '=', holder).where('object', 'in', some).execute()
}

/** Those of the objects that no file holds and no session or entry of their own needs. */
async function unreadOf(context: Context, objects: readonly string[]): Promise<string[]> {
  const needed = await used(context, [...new Set(objects.map(ownerOf))])
  const unneeded = objects.filter((object) => !needed.has(ownerOf(object)))
  const held = new Set<string>()
  for (const some of batches(unneeded)) {
    const rows = await context.db
      .selectFrom('holds')
      .select('object')
      .distinct()
      .where('object', 'in', some)
      .execute()
    for (const { object } of rows) held.add(object)
  }
  return unneeded.filter((object) => !held.has(object))
}

/** Removes the files among these that nobody needs or holds, with their holds; returns the objects those were on. */
async function bury(context: Context, files: readonly string[]): Promise<string[]> {
  const { db } = context
  const needed = await used(context, files)
  const freed: string[] = []
  for (const file of files) {
    if (needed.has(file) || (await isHeld(context, file))) continue
    const holds = await db.deleteFrom('holds').where('holder', '=', file).returning('object').execute()
    freed.push(...holds.map(({ object }) => object))
    await db.deleteFrom('files').where('id', '=', file).execute()
  }
  return freed
}

/** Whether a file holds any object that this one brought: the object of its name, or one named after it. */
async function isHeld({ db }: Context, file: string): Promise<boolean> {
  const row = await db
    .selectFrom('holds')
    .select('holder')
    .where((is) =>
      is.or([
        is('object', '=', file),
        is.and([is('object', '>=', `${file}.`), is('object', '<', `${file}/`)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
