import {
  IconAlertCircle,
  IconChecks,
  IconClock,
  IconCloudUpload,
  IconDatabaseOff,
  IconFileSearch,
  IconLock,
  IconPlayerPause,
  IconPlugConnectedX,
  IconShieldCheck,
  IconWifiOff,
} from '@tabler/icons-react'
import { Badge, type Tone } from '../ui/badge.tsx'
import type { UploadState } from './state.ts'

const LOOKS: Record<UploadState, { tone: Tone; Icon: typeof IconClock; text: string }> = {
  waiting: { tone: 'idle', Icon: IconClock, text: 'Waiting' },
  checking: { tone: 'info', Icon: IconFileSearch, text: 'Checking the file' },
  uploading: { tone: 'info', Icon: IconCloudUpload, text: 'Uploading' },
  paused: { tone: 'idle', Icon: IconPlayerPause, text: 'Paused' },
  offline: { tone: 'warn', Icon: IconWifiOff, text: 'Offline' },
  'server away': { tone: 'warn', Icon: IconPlugConnectedX, text: 'Server away' },
  'no room': { tone: 'warn', Icon: IconDatabaseOff, text: 'No room on the server' },
  'signed out': { tone: 'warn', Icon: IconLock, text: 'Signed out' },
  verifying: { tone: 'info', Icon: IconShieldCheck, text: 'Verifying' },
  filed: { tone: 'ok', Icon: IconChecks, text: 'Filed' },
  stored: { tone: 'ok', Icon: IconChecks, text: 'Stored' },
  failed: { tone: 'bad', Icon: IconAlertCircle, text: 'Failed' },
}

export function StateBadge({ state }: { state: UploadState }) {
  const { tone, Icon, text } = LOOKS[state]
  return (
    <Badge tone={tone} Icon={Icon}>
      {text}
    </Badge>
  )
}

/** Verified is said of a file only when both sides have the same SHA-256. */
export function VerifiedBadge() {
  return (
    <Badge tone="ok" Icon={IconShieldCheck}>
      Verified
    </Badge>
  )
}
