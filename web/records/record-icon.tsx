import { IconFileText, IconFolder, IconReceipt2 } from '@tabler/icons-react'
import type { BusinessRecord } from '../api/types.ts'

const ICONS = { record: IconReceipt2, folder: IconFolder, document: IconFileText }

export function RecordIcon({ kind }: Pick<BusinessRecord, 'kind'>) {
  const Icon = ICONS[kind]
  return <Icon size={24} stroke={1.5} aria-hidden color="var(--info)" style={{ flexShrink: 0 }} />
}
