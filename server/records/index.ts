export {
  type Content,
  type DocumentWrite,
  type NewDocument,
  removeTree,
  type SlotChange,
  writeDocument,
} from './document.ts'
export { type Filing, objectsOf, type Placed, place, targetOf } from './place.ts'
export type {
  EntryQuery,
  FileRepository,
  NewEntry,
  NewRecord,
  RecordQuery,
  RecordRepository,
} from './ports.ts'
export type {
  BusinessRecord,
  Destination,
  DocumentPlan,
  Entry,
  EntryKind,
  StoredFile,
  Table,
} from './record.ts'
