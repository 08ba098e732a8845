import {
  IconAlertCircle,
  IconChecks,
  IconCircleDashed,
  IconCloudUpload,
  IconForbid2,
  IconLoader,
} from '@tabler/icons-react'
import type { Status } from '../api/types.ts'
import { Badge, type Tone } from '../ui/badge.tsx'

export const STATUS_LOOKS: Record<Status, { tone: Tone; Icon: typeof IconChecks; text: string }> = {
  INITIATED: { tone: 'idle', Icon: IconCircleDashed, text: 'Begun' },
  UPLOADING: { tone: 'info', Icon: IconCloudUpload, text: 'Uploading' },
  PROCESSING: { tone: 'info', Icon: IconLoader, text: 'Processing' },
  COMPLETED: { tone: 'ok', Icon: IconChecks, text: 'Completed' },
  FAILED: { tone: 'bad', Icon: IconAlertCircle, text: 'Failed' },
  CANCELED: { tone: 'idle', Icon: IconForbid2, text: 'Canceled' },
}

export function StatusBadge({ status }: { status: Status }) {
  const { tone, Icon, text } = STATUS_LOOKS[status]
  return (
    <Badge tone={tone} Icon={Icon}>
      {text}
    </Badge>
  )
}
