export { FileByteStore } from './file.ts'
export { ThreadDigests } from './thread-digests.ts'
