import { Box, Divider, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { entries as fetchEntries } from '../api/records.ts'
import type { BusinessRecord, Entry } from '../api/types.ts'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { EntryRow } from './entry-row.tsx'

const SECTIONS: { kind: Entry['kind']; title: string }[] = [
  { kind: 'CONTENT', title: 'Content' },
  { kind: 'ATTACHMENT', title: 'Attachments' },
  { kind: 'ARCHIVE', title: 'Archive' },
  { kind: 'IMAGE', title: 'Images' },
]

export function Entries({ record }: { record: BusinessRecord }) {
  const query = useQuery({
    queryKey: ['entries', record.table, record.uid],
    queryFn: () => fetchEntries(record.table, record.uid),
  })
  return (
    <Loaded query={query}>
      {(all) =>
        all.length === 0 ? (
          <Empty title="Nothing is filed here yet">
            Files dropped on this page appear here once they are verified.
          </Empty>
        ) : (
          <Stack gap="lg">
            {SECTIONS.map(({ kind, title }) => (
              <Section key={kind} title={title} entries={all.filter((entry) => entry.kind === kind)} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  )
}

function Section({ title, entries }: { title: string; entries: Entry[] }) {
  if (entries.length === 0) return null
  const current = entries.filter((entry) => entry.current)
  const id = `section-${title}`
  return (
    <Box component="section" aria-labelledby={id} className="surface" px="md" pt="md">
      <Title order={2} fz={18} pb="sm" id={id}>
        {title}
      </Title>
      <ul className="plain-list">
        {(current.length > 0 ? current : entries).map((entry) => (
          <li key={entry.uid} data-entry={entry.name}>
            <Divider color="var(--line)" />
            <EntryRow entry={entry} versions={versionsOf(entry, entries)} />
          </li>
        ))}
      </ul>
    </Box>
  )
}

const NONE: Entry[] = []

/** The earlier versions of a file, newest first; the same empty list when there are none. */
function versionsOf(entry: Entry, all: Entry[]): Entry[] {
  const older = all.filter(({ name, current, uid }) => !current && name === entry.name && uid !== entry.uid)
  return older.length === 0 ? NONE : older.toSorted((a, b) => b.version - a.version)
}
