export { FileByteStore } from './file.ts'
