import { Anchor, Box, Divider, Group, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useUser } from '../account/me.ts'
import { sessions as fetchSessions } from '../api/sessions.ts'
import type { Session } from '../api/types.ts'
import { bytes, relative } from '../format.ts'
import { liveSessions } from '../sessions/live.ts'
import { Progress } from '../ui/progress.tsx'
import { useKeyed } from '../ui/store.ts'
import { useNow } from '../ui/use-now.ts'
import { ContinueButton } from './continue-button.tsx'
import { useUploads } from './queue-context.tsx'
import { TargetName } from './target-name.tsx'

const OPEN = new Set(['INITIATED', 'UPLOADING'])
/** Whoever moved a byte within this time is still at it, in another tab or on another device. */
const BUSY_WITHIN = 8000
const LOOK_AGAIN = 3000
const SHOWN = 5

/** Uploads the server still waits for, of which this browser no longer has the file. */
export function Unfinished() {
  const mine = useUser().userName
  const here = new Set(useUploads().map(({ session }) => session?.id))
  const live = useKeyed(liveSessions)
  const now = useNow(LOOK_AGAIN)
  const open = useQuery({
    queryKey: ['sessions', 'open'],
    queryFn: () => fetchSessions({ status: 'INITIATED,UPLOADING', limit: 50 }),
    refetchInterval: 20_000,
  })
  const waiting = (open.data?.sessions ?? [])
    .map((session) => live.get(session.id) ?? session)
    .filter(
      ({ id, owner, status, uploadUrl }) => owner === mine && uploadUrl && OPEN.has(status) && !here.has(id),
    )
    .filter(({ updatedAt }) => now - Date.parse(updatedAt) > BUSY_WITHIN)
  if (waiting.length === 0) return null
  return (
    <Box component="section" aria-labelledby="unfinished-heading" className="surface" px="md" pt="md">
      <Title order={2} fz={18} id="unfinished-heading">
        Waiting for their file
      </Title>
      <Text size="sm" c="dimmed" pb="sm">
        These began earlier, perhaps elsewhere. Pick the file again and each goes on where it stopped.
      </Text>
      <ul className="plain-list">
        {waiting.slice(0, SHOWN).map((session) => (
          <li key={session.id}>
            <Divider color="var(--line)" />
            <Waiting session={session} />
          </li>
        ))}
      </ul>
      {waiting.length > SHOWN && (
        <Text size="sm" pb="sm">
          {waiting.length - SHOWN} more are on the{' '}
          <Anchor component={Link} to="/sessions">
            sessions page
          </Anchor>
          .
        </Text>
      )}
    </Box>
  )
}

function Waiting({ session }: { session: Session }) {
  const { fileName, received, size, target, location, updatedAt } = session
  const text = `${bytes(received)}${size === null ? '' : ` of ${bytes(size)}`} stored`
  return (
    <Group justify="space-between" gap="sm" py="sm">
      <Box className="wrap" flex="1 1 240px">
        <Text fw={600} className="wrap">
          {fileName}
        </Text>
        <Text size="sm" c="dimmed" mb={6}>
          <TargetName target={target && { ...target, location }} />, {text}, {relative(updatedAt)}
        </Text>
        <Progress label={`Stored of ${fileName}`} size={size ?? received} stored={received} text={text} />
      </Box>
      <ContinueButton session={session} label="Pick the file again" />
    </Group>
  )
}
