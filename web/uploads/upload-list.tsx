import { Box, Button, Divider, Group, Text, Title } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconSparkles } from '@tabler/icons-react'
import { useState } from 'react'
import { bytes, count } from '../format.ts'
import { Progress } from '../ui/progress.tsx'
import { useQueue } from './queue-context.tsx'
import { UploadRow } from './upload-row.tsx'
import type { UploadView } from './view.ts'

const PAGE = 50
const FINISHED = new Set(['filed', 'stored'])
const RESTING = new Set(['filed', 'stored', 'failed', 'paused', 'verifying'])

const each = (uploads: UploadView[], act: (id: string) => void) => () => {
  for (const { id } of uploads) act(id)
}

/** Troubles first, then what moves, then what is done. */
const rank = ({ state }: UploadView) => (state === 'failed' ? 0 : FINISHED.has(state) ? 2 : 1)

interface Props {
  uploads: UploadView[]
  /** The page that shows the list is the record's own. */
  onRecord?: boolean
}

export function UploadList({ uploads, onRecord = false }: Props) {
  const [shown, setShown] = useState(PAGE)
  const sorted = uploads.toSorted((a, b) => rank(a) - rank(b))
  return (
    <Box component="section" aria-labelledby="uploads-heading" className="surface" px="md" pt="md">
      <Summary uploads={uploads} />
      <ul className="plain-list" aria-label="Uploads of this browser">
        {sorted.slice(0, shown).map((upload) => (
          <li key={upload.id} data-upload={upload.name} data-state={upload.state}>
            <Divider color="var(--line)" />
            <UploadRow upload={upload} onRecord={onRecord} />
          </li>
        ))}
      </ul>
      {sorted.length > shown && (
        <Button variant="subtle" fullWidth mb="sm" onClick={() => setShown(shown + PAGE)}>
          Show {Math.min(PAGE, sorted.length - shown)} more of {sorted.length}
        </Button>
      )}
    </Box>
  )
}

function Summary({ uploads }: { uploads: UploadView[] }) {
  const queue = useQueue()
  const of = (test: (upload: UploadView) => boolean) => uploads.filter(test)
  const finished = of(({ state }) => FINISHED.has(state))
  const moving = of(({ state }) => !RESTING.has(state))
  const paused = of(({ state }) => state === 'paused')
  const failed = of(({ state }) => state === 'failed')
  const size = uploads.reduce((sum, upload) => sum + upload.size, 0)
  const stored = uploads.reduce(
    (sum, upload) => sum + (FINISHED.has(upload.state) ? upload.size : upload.stored),
    0,
  )
  const text = `${bytes(stored)} of ${bytes(size)} stored`
  return (
    <Box pb="md">
      <Group justify="space-between" gap="sm" mb={8}>
        <Title order={2} fz={18} id="uploads-heading">
          Uploads
        </Title>
        <Group gap={6}>
          {moving.length > 1 && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconPlayerPause size={16} aria-hidden />}
              onClick={each(moving, (id) => queue.pause(id))}
            >
              Pause all {moving.length}
            </Button>
          )}
          {paused.length > 1 && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={each(paused, (id) => queue.resume(id))}
            >
              Resume all {paused.length}
            </Button>
          )}
          {finished.length > 0 && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconSparkles size={16} aria-hidden />}
              onClick={each(finished, (id) => queue.dismiss(id))}
            >
              Clear finished
            </Button>
          )}
        </Group>
      </Group>
      {uploads.length > 1 && (
        <>
          <Progress label="Progress of all uploads" size={size} stored={stored} text={text} />
          <Text size="sm" c="dimmed" mt={6}>
            {finished.length} of {count(uploads.length, 'file')} done, {text}
            {failed.length > 0 && `, ${failed.length} failed`}
          </Text>
        </>
      )}
    </Box>
  )
}
