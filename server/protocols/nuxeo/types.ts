import type { BusinessRecord } from '#records'

interface DocumentType {
  readonly folder: boolean
  /** whether clients may make one */
  readonly creatable: boolean
  readonly facets: readonly string[]
  readonly schemas: readonly string[]
}

const FOLDER = ['common', 'dublincore']
const folder = (creatable: boolean): DocumentType => ({
  folder: true,
  creatable,
  facets: ['Folderish'],
  schemas: FOLDER,
})

const TYPES: Readonly<Record<string, DocumentType>> = {
  Root: folder(false),
  Domain: folder(false),
  WorkspaceRoot: folder(false),
  Workspace: folder(true),
  Folder: folder(true),
  File: {
    folder: false,
    creatable: true,
    facets: ['Versionable', 'Publishable', 'Commentable', 'HasRelatedText', 'Downloadable'],
    schemas: [...FOLDER, 'file', 'files'],
  },
}

/** Documents that are always there. */
export const isFixed = (record: BusinessRecord): boolean =>
  ['Root', 'Domain', 'WorkspaceRoot'].includes(typeNameOf(record))

/** Records that somebody made without this protocol are taken for what they look like. */
export function typeNameOf({ fields, kind }: BusinessRecord): string {
  const { type } = fields
  if (typeof type === 'string' && Object.hasOwn(TYPES, type)) return type
  return kind === 'folder' ? 'Folder' : 'File'
}

export const typeOf = (record: BusinessRecord): DocumentType => TYPES[typeNameOf(record)] as DocumentType

/** The type a client may make; null for any other name. */
export function creatable(name: string): DocumentType | null {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  return type?.creatable === true ? type : null
}

const SCHEMAS: Readonly<Record<string, { prefix: string }>> = {
  common: { prefix: 'common' },
  dublincore: { prefix: 'dc' },
  file: { prefix: 'file' },
  files: { prefix: 'files' },
}

export const prefixOf = (schema: string): string => SCHEMAS[schema]?.prefix ?? schema
