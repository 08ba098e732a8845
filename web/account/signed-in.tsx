import { Center, Loader } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { me as fetchMe } from '../api/account.ts'
import { followSessions } from '../api/events.ts'
import { Problem } from '../api/problem.ts'
import { learn } from '../sessions/live.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { QueueProvider, useQueue } from '../uploads/queue-context.tsx'
import { ME, UserContext } from './me.ts'
import { SignIn } from './sign-in.tsx'

/** Shows the sign-in page to strangers, and the app, with its events, to users. */
export function SignedIn({ children }: { children: ReactNode }) {
  const me = useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: 60_000, refetchOnWindowFocus: 'always' })
  if (me.error instanceof Problem && me.error.status === 401) return <SignIn />
  if (me.data)
    return (
      <UserContext value={me.data}>
        <QueueProvider user={me.data.id} key={me.data.id}>
          <Events user={me.data.id} />
          {children}
        </QueueProvider>
      </UserContext>
    )
  return (
    <Center component="main" mih="100dvh" p="md">
      {me.error ? (
        <ErrorNotice error={me.error} retry={() => void me.refetch()} />
      ) : (
        <Loader aria-label="Loading" />
      )}
    </Center>
  )
}

function Events({ user }: { user: string }) {
  const client = useQueryClient()
  const { gate } = useQueue()
  useEffect(() => {
    gate.signedOut(false)
    return gate.subscribe(() => {
      if (gate.reach === 'signed out') void client.invalidateQueries({ queryKey: ME })
    })
  }, [client, gate])
  useEffect(
    () =>
      followSessions(user, {
        session(session) {
          learn(session)
          if (session.status === 'COMPLETED') void client.invalidateQueries({ queryKey: ['entries'] })
        },
        opened: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
      }),
    [user, client],
  )
  return null
}
