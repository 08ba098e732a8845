import { Box, Button, Divider, Group, Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { records } from '../api/records.ts'
import type { BusinessRecord } from '../api/types.ts'
import { count } from '../format.ts'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { RecordIcon } from './record-icon.tsx'

export function RecordList({ table, q }: { table: string; q: string }) {
  const query = useInfiniteQuery({
    queryKey: ['records', table, 'list', q],
    queryFn: ({ pageParam }) => records(table, { q, cursor: pageParam, limit: 50 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: (before) => before,
  })
  return (
    <Loaded query={query} rows={5}>
      {({ pages }) => {
        const all = pages.flatMap((page) => page.records)
        if (all.length === 0)
          return q === '' ? (
            <Empty title="No records yet">Create the first one, then drop files onto it.</Empty>
          ) : (
            <Empty title="No record matches">Nothing here is called “{q}”.</Empty>
          )
        return (
          <>
            <Box component="ul" className="plain-list surface" aria-label={`Records of ${table}`}>
              {all.map((record, index) => (
                <li key={record.uid}>
                  {index > 0 && <Divider color="var(--line)" />}
                  <RecordLine record={record} />
                </li>
              ))}
            </Box>
            {query.hasNextPage && (
              <Group justify="center" mt="md">
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show more
                </Button>
              </Group>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

export function RecordLine({ record }: { record: BusinessRecord }) {
  const { id, uid, name, table, entryCount } = record
  return (
    <Link
      to="/records/$table/$record"
      params={{ table, record: uid }}
      className="row-link"
      style={{ display: 'block', padding: '12px 16px' }}
    >
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap="sm" wrap="nowrap" className="wrap">
          <RecordIcon kind={record.kind} />
          <div className="wrap">
            <Text fw={600} className="wrap">
              {name}
            </Text>
            <Text size="sm" c="dimmed">
              no. {id}, {count(entryCount, 'file')}
            </Text>
          </div>
        </Group>
        <IconChevronRight size={20} aria-hidden style={{ flexShrink: 0 }} />
      </Group>
    </Link>
  )
}
