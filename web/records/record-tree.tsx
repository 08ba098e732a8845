import { ActionIcon, Box, Button, Group, Text } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { records } from '../api/records.ts'
import type { BusinessRecord } from '../api/types.ts'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { RecordLine } from './record-list.tsx'

/** Folders and documents; what is in a folder is asked for when it is opened. */
export function RecordTree({ table, parent }: { table: string; parent?: string | undefined }) {
  return (
    <Box className="surface" p={6}>
      <Branch table={table} parent={parent} label={parent ? 'In this folder' : `Records of ${table}`} />
    </Box>
  )
}

function Branch({ table, parent, label }: { table: string; parent?: string | undefined; label: string }) {
  const query = useInfiniteQuery({
    queryKey: ['records', table, 'tree', parent ?? ''],
    queryFn: ({ pageParam }) => records(table, { parent, cursor: pageParam, limit: 100 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
  return (
    <Loaded query={query} rows={parent ? 1 : 4}>
      {({ pages }) => {
        const all = pages.flatMap((page) => page.records)
        if (all.length === 0)
          return parent ? (
            <Text p="xs" c="dimmed">
              Empty
            </Text>
          ) : (
            <Empty title="Nothing here yet" />
          )
        return (
          <ul className="plain-list" aria-label={label}>
            {all.map((record) => (
              <Node key={record.uid} record={record} />
            ))}
            {query.hasNextPage && (
              <li>
                <Button variant="subtle" size="compact-sm" onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              </li>
            )}
          </ul>
        )
      }}
    </Loaded>
  )
}

function Node({ record }: { record: BusinessRecord }) {
  const [open, setOpen] = useState(false)
  const folder = record.kind === 'folder'
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <li>
      <Group gap={4} wrap="nowrap">
        {folder ? (
          <ActionIcon
            variant="subtle"
            aria-expanded={open}
            aria-label={`Contents of ${record.name}`}
            onClick={() => setOpen(!open)}
          >
            <Chevron size={20} aria-hidden />
          </ActionIcon>
        ) : (
          <Box w={28} style={{ flexShrink: 0 }} />
        )}
        <Box flex={1} miw={0}>
          <RecordLine record={record} />
        </Box>
      </Group>
      {open && (
        <Box ml={20} pl={6} style={{ borderInlineStart: '2px solid var(--line)' }}>
          <Branch table={record.table} parent={record.uid} label={`In ${record.name}`} />
        </Box>
      )}
    </li>
  )
}
