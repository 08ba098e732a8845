import { Group, Stack, Text } from '@mantine/core'
import { IconFile } from '@tabler/icons-react'
import { memo } from 'react'
import { bytes } from '../format.ts'
import { Digest } from '../ui/digest.tsx'
import { Notice } from '../ui/notice.tsx'
import { StateBadge, VerifiedBadge } from './state-badge.tsx'
import { TargetName } from './target-name.tsx'
import { UploadActions } from './upload-actions.tsx'
import { UploadProgress } from './upload-progress.tsx'
import type { UploadView } from './view.ts'

const DONE = new Set(['filed', 'stored'])

interface RowProps {
  upload: UploadView
  onRecord: boolean
}

export const UploadRow = memo(function UploadRow({ upload, onRecord }: RowProps) {
  const { name, path, size, target, state, verified, digest, problem, session } = upload
  const done = DONE.has(state)
  return (
    <Stack gap={10} py="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Group gap="sm" wrap="nowrap" className="wrap" flex="1 1 260px">
          <IconFile size={26} stroke={1.5} aria-hidden style={{ flexShrink: 0 }} />
          <div className="wrap">
            <Text fw={600} className="wrap" lh={1.3}>
              {name}
            </Text>
            <Text size="sm" c="dimmed" className="wrap">
              {done ? `${bytes(size)}, ` : ''}
              <TargetName target={target} />
              {path ? `, from ${path}` : ''}
            </Text>
          </div>
        </Group>
        <Group gap={6}>
          <StateBadge state={state} />
          {verified && <VerifiedBadge />}
        </Group>
      </Group>
      {!done && <UploadProgress upload={upload} />}
      {problem && (
        <Notice tone="bad" title={problem.reason}>
          {problem.advice}
        </Notice>
      )}
      {done && session?.warning && <Notice tone="warn" title={session.warning} />}
      <Group justify="space-between" gap="xs">
        {done && digest ? <Digest sha256={session?.sha256 ?? digest} /> : <span />}
        <UploadActions upload={upload} onRecord={onRecord} />
      </Group>
    </Stack>
  )
})
