import { Box, Button, FileButton, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconCloudUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useCanWrite } from '../account/me.ts'
import { record as fetchRecord } from '../api/records.ts'
import { type BusinessRecord, LOCATIONS, type Location, type Target } from '../api/types.ts'
import { Page } from '../shell/page.tsx'
import { Crumbs } from '../ui/crumbs.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { LOCATION_NAMES } from '../ui/names.ts'
import { useDropTarget } from '../uploads/drop-target.ts'
import { useUploads } from '../uploads/queue-context.tsx'
import { pathOf } from '../uploads/tray.ts'
import { UploadList } from '../uploads/upload-list.tsx'
import { useSend } from '../uploads/use-send.ts'
import { Entries } from './entries.tsx'
import { RecordTree } from './record-tree.tsx'

const route = getRouteApi('/records/$table/$record')

export function RecordPage() {
  const { table, record: id } = route.useParams()
  const query = useQuery({ queryKey: ['records', table, 'one', id], queryFn: () => fetchRecord(table, id) })
  return (
    <Page
      title={query.data?.name ?? 'Record'}
      lead={query.data && `${table}, no. ${query.data.id}`}
      above={
        <Crumbs
          of={[
            { label: 'Records', to: '/records' },
            { label: table, to: `/records/${encodeURIComponent(table)}` },
            { label: query.data?.name ?? '…' },
          ]}
        />
      }
    >
      <Loaded query={query}>{(record) => <Contents record={record} />}</Loaded>
    </Page>
  )
}

function Contents({ record }: { record: BusinessRecord }) {
  const canWrite = useCanWrite()
  const [location, setLocation] = useState<Location>('ATTACHMENT')
  const target: Target = { table: record.table, record: record.uid, name: record.name, location }
  useDropTarget(canWrite ? target : null)
  const uploads = useUploads().filter((upload) => upload.target?.record === record.uid)
  return (
    <Stack gap="lg">
      {canWrite && <DropBox target={target} setLocation={setLocation} />}
      {uploads.length > 0 && <UploadList uploads={uploads} onRecord />}
      {record.kind === 'folder' && <RecordTree table={record.table} parent={record.uid} />}
      <Entries record={record} />
    </Stack>
  )
}

interface DropBoxProps {
  target: Target
  setLocation: (location: Location) => void
}

function DropBox({ target, setLocation }: DropBoxProps) {
  const send = useSend()
  const label = useId()
  const take = (files: File[]) =>
    send(files.map((data) => ({ data, name: data.name, type: data.type, path: pathOf(data), target })))
  return (
    <Box
      component="section"
      aria-label="Add files"
      className="surface"
      p="md"
      style={{ borderStyle: 'dashed', borderColor: 'var(--line-strong)' }}
    >
      <Group justify="space-between" gap="md">
        <Group gap="md" wrap="nowrap" className="wrap" flex="1 1 260px">
          <IconCloudUpload size={34} stroke={1.4} aria-hidden color="var(--info)" style={{ flexShrink: 0 }} />
          <div>
            <Text fw={600}>Drop files anywhere on this page</Text>
            <Text size="sm" c="dimmed">
              They go straight onto this record.
            </Text>
          </div>
        </Group>
        <Group gap="sm">
          <Text size="sm" id={label}>
            as
          </Text>
          <SegmentedControl
            aria-labelledby={label}
            size="xs"
            data={LOCATIONS.map((value) => ({ value, label: LOCATION_NAMES[value] }))}
            value={target.location}
            onChange={(value) => setLocation(value as Location)}
          />
          <FileButton onChange={take} multiple inputProps={{ 'aria-label': `Files for ${target.name}` }}>
            {(props) => <Button {...props}>Browse files</Button>}
          </FileButton>
        </Group>
      </Group>
    </Box>
  )
}
