import { Anchor, Box, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { memo, useState } from 'react'
import type { Entry } from '../api/types.ts'
import { bytes, moment, relative } from '../format.ts'
import { Digest } from '../ui/digest.tsx'
import { EntryActions } from './entry-actions.tsx'
import { EntryThumb } from './entry-thumb.tsx'
import { Preview } from './preview.tsx'
import { previewKind } from './preview-kind.ts'

interface RowProps {
  entry: Entry
  versions: Entry[]
}

export const EntryRow = memo(function EntryRow({ entry, versions }: RowProps) {
  const [previewing, setPreviewing] = useState(false)
  const { name, size, sha256, createdAt, createdBy, version } = entry
  const shown = previewKind(entry) !== null
  const details = [
    bytes(size),
    version > 1 || versions.length > 0 ? `version ${version}` : '',
    `by ${createdBy}`,
  ].filter(Boolean)
  return (
    <Stack gap={8} py="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="md" wrap="nowrap" className="wrap" flex="1 1 260px">
          <EntryThumb entry={entry} />
          <div className="wrap">
            {shown ? (
              <UnstyledButton
                fw={600}
                className="row-link wrap"
                onClick={() => setPreviewing(true)}
                aria-label={`Preview ${name}`}
              >
                {name}
              </UnstyledButton>
            ) : (
              <Text fw={600} className="wrap">
                {name}
              </Text>
            )}
            <Text size="sm" c="dimmed" title={moment(createdAt)}>
              {details.join(', ')}, {relative(createdAt)}
            </Text>
            {sha256 && <Digest sha256={sha256} />}
          </div>
        </Group>
        <EntryActions entry={entry} preview={shown ? () => setPreviewing(true) : null} />
      </Group>
      {versions.length > 0 && <Versions entries={versions} />}
      {previewing && <Preview entry={entry} close={() => setPreviewing(false)} />}
    </Stack>
  )
})

function Versions({ entries }: { entries: Entry[] }) {
  return (
    <Box component="details" fz="sm">
      <summary>{entries.length === 1 ? '1 earlier version' : `${entries.length} earlier versions`}</summary>
      <ul>
        {entries.map(({ uid, name, version, size, createdAt, createdBy, links }) => (
          <li key={uid}>
            <Anchor href={links.content} download={name} size="sm">
              Version {version}
            </Anchor>
            , {bytes(size)}, {moment(createdAt)}, by {createdBy}
          </li>
        ))}
      </ul>
    </Box>
  )
}
