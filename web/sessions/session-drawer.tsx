import { Drawer, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { session as fetchSession } from '../api/sessions.ts'
import { Loaded } from '../ui/loaded.tsx'
import { Notice } from '../ui/notice.tsx'
import { useKeyed } from '../ui/store.ts'
import { liveSessions } from './live.ts'
import { SessionActions } from './session-actions.tsx'
import { SessionFacts } from './session-facts.tsx'

interface Props {
  id: string | undefined
  close: () => void
}

/** All that is known about one upload, and all that can be done with it. */
export function SessionDrawer({ id, close }: Props) {
  const query = useQuery({
    queryKey: ['sessions', 'one', id],
    queryFn: ({ signal }) => fetchSession(id ?? '', signal),
    enabled: id !== undefined,
  })
  const live = useKeyed(liveSessions).get(id ?? '')
  return (
    <Drawer
      opened={id !== undefined}
      onClose={close}
      position="right"
      size="lg"
      title={<Text fw={650}>Upload details</Text>}
    >
      <Loaded query={query}>
        {(fetched) => {
          const session = live && live.updatedAt >= fetched.updatedAt ? live : fetched
          return (
            <Stack gap="md">
              <Text component="h2" fz={20} fw={650} className="wrap" m={0}>
                {session.fileName}
              </Text>
              {session.failure && <Notice tone="bad" title={session.failure} />}
              {session.warning && <Notice tone="warn" title={session.warning} />}
              <SessionActions session={session} close={close} />
              <SessionFacts session={session} />
            </Stack>
          )
        }}
      </Loaded>
    </Drawer>
  )
}
