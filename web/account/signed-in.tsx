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

/** Hundreds of small files are filed within seconds; asking after each would be all the page does. */
const ENTRIES_EVERY = 1500

/** Acts at once, then again after a while for all the calls in between. */
function atMostEvery(milliseconds: number, act: () => void): () => void {
  let [resting, called] = [false, false]
  const attempt = () => {
    called = resting
    if (resting) return
    resting = true
    act()
    setTimeout(() => {
      resting = false
      if (called) attempt()
    }, milliseconds)
  }
  return attempt
}

function Events({ user }: { user: string }) {
  const client = useQueryClient()
  const { gate } = useQueue()
  useEffect(() => {
    gate.signedOut(false)
    return gate.subscribe(() => {
      if (gate.reach === 'signed out') void client.invalidateQueries({ queryKey: ME })
      // What could not be loaded while the server was away is asked for again.
      if (gate.reach === 'open')
        void client.refetchQueries({ predicate: ({ state }) => state.status === 'error' })
    })
  }, [client, gate])
  useEffect(() => {
    const look = atMostEvery(ENTRIES_EVERY, () => void client.invalidateQueries({ queryKey: ['entries'] }))
    return followSessions(user, {
      session(session) {
        learn(session)
        if (session.status === 'COMPLETED') look()
      },
      opened: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
    })
  }, [user, client])
  return null
}
