import { Anchor, Code, Group } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Session } from '../api/types.ts'
import { bytes, moment, relative } from '../format.ts'
import { Copy, Digest } from '../ui/digest.tsx'
import { Facts } from '../ui/facts.tsx'
import { PROTOCOL_NAMES } from '../ui/names.ts'
import { VerifiedBadge } from '../uploads/state-badge.tsx'
import { TargetName } from '../uploads/target-name.tsx'
import { StatusBadge } from './status-badge.tsx'

export function SessionFacts({ session }: { session: Session }) {
  const { id, status, protocol, size, received, sha256, target, location, links } = session
  return (
    <Facts
      of={[
        ['Status', <StatusBadge key="status" status={status} />],
        ['Integrity', <Integrity key="integrity" session={session} />],
        ['SHA-256', sha256 && <Digest key="sha256" sha256={sha256} whole />],
        ['Size', size === null ? 'not known yet' : `${bytes(size)} (${size.toLocaleString()} bytes)`],
        ['Stored', `${bytes(received)} (${received.toLocaleString()} bytes)`],
        ['Type', session.contentType],
        ['Filed on', target && <Target key="target" session={session} />],
        ['Location', target ? null : location],
        ['Protocol', PROTOCOL_NAMES[protocol] ?? protocol],
        ['Owner', session.owner],
        ['Begun', moment(session.createdAt)],
        ['Last change', moment(session.updatedAt)],
        ['Completed', session.completedAt && moment(session.completedAt)],
        ['Expires', session.expiresAt && `${moment(session.expiresAt)} (${relative(session.expiresAt)})`],
        ['Upload URL', links.upload && <Address key="upload" href={links.upload} />],
        ['Session', <Address key="id" href={id} />],
      ]}
    />
  )
}

function Integrity({ session: { verified, status } }: { session: Session }) {
  if (verified) return <VerifiedBadge />
  if (verified === false) return 'The digests differ: nothing was filed'
  return status === 'COMPLETED' ? 'The client declared no digest to compare with' : 'Compared at the end'
}

function Target({ session: { target, location } }: { session: Session }) {
  if (!target) return null
  return (
    <Anchor component={Link} to={`/records/${target.table}/${target.record}`}>
      <TargetName target={{ ...target, location }} />
    </Anchor>
  )
}

function Address({ href }: { href: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Code className="wrap">{href}</Code>
      <Copy
        value={
          new URL(href, location.origin).pathname === `/${href}` ? href : new URL(href, location.origin).href
        }
        what="it"
      />
    </Group>
  )
}
