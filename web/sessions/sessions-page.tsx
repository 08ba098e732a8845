import { Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { STATUSES, type Status } from '../api/types.ts'
import { Page } from '../shell/page.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { SessionDrawer } from './session-drawer.tsx'
import { SessionTable } from './session-table.tsx'
import { STATUS_LOOKS } from './status-badge.tsx'
import { useSessions } from './use-sessions.ts'

const route = getRouteApi('/sessions')

export function SessionsPage() {
  const { q, status, session } = route.useSearch()
  const navigate = route.useNavigate()
  const { query, sessions } = useSessions({ q, status })
  const show = (id: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, session: id }), replace: true })
  return (
    <Page title="Sessions" lead="Every upload of yours, by whatever protocol, as it happens.">
      <Filters />
      <Loaded query={query} rows={5}>
        {() =>
          sessions.length === 0 ? (
            <Nothing filtered={Boolean(q || status)} />
          ) : (
            <SessionTable sessions={sessions} show={show} />
          )
        }
      </Loaded>
      {query.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show older ones
          </Button>
        </Group>
      )}
      <SessionDrawer id={session} close={() => show(undefined)} />
    </Page>
  )
}

function Filters() {
  const { q, status } = route.useSearch()
  const navigate = route.useNavigate()
  const search = useDebouncedCallback(
    (text: string) =>
      void navigate({ search: (before) => ({ ...before, q: text.trim() || undefined }), replace: true }),
    250,
  )
  return (
    <Group gap="sm" mb="md" align="flex-end">
      <TextInput
        type="search"
        label="File name"
        placeholder="Part of the name"
        leftSection={<IconSearch size={18} aria-hidden />}
        defaultValue={q ?? ''}
        onChange={(event) => search(event.currentTarget.value)}
        flex="1 1 220px"
      />
      <Select
        label="Status"
        placeholder="Any"
        data={STATUSES.map((value) => ({ value, label: STATUS_LOOKS[value].text }))}
        value={status ?? null}
        onChange={(value) =>
          void navigate({
            search: (before) => ({ ...before, status: (value as Status | null) ?? undefined }),
            replace: true,
          })
        }
        clearable
        clearButtonProps={{ 'aria-label': 'Any status', 'aria-hidden': false, tabIndex: 0 }}
        w={190}
      />
    </Group>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No upload matches">Try another part of the name, or any status.</Empty>
  return (
    <Empty
      title="No uploads yet"
      action={
        <Button component={Link} to="/" mt="sm">
          Upload a file
        </Button>
      }
    >
      Whatever you upload, here or by any other client, appears on this page while it happens.
    </Empty>
  )
}
