import { join } from 'node:path'

/** Names the core gives: a uuid, or a uuid, a dot and another. Nothing else reaches the file system. */
const NAME = /^[0-9a-f-]{36}(\.[0-9a-f-]{36})?$/

export const isObjectName = (name: string): boolean => NAME.test(name)

/** Where an object lies: two letters of its name are the folder. */
export function objectPath(root: string, object: string): string {
  if (!isObjectName(object)) throw new Error(`not the name of an object: ${JSON.stringify(object)}`)
  return join(root, object.slice(0, 2), object)
}
