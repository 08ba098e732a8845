import { Box, Group, Table, Text, UnstyledButton } from '@mantine/core'
import type { Session } from '../api/types.ts'
import { bytes, relative } from '../format.ts'
import { PROTOCOL_NAMES } from '../ui/names.ts'
import { Progress } from '../ui/progress.tsx'
import { VerifiedBadge } from '../uploads/state-badge.tsx'
import { TargetName } from '../uploads/target-name.tsx'
import { TERMINAL } from './live.ts'
import { StatusBadge } from './status-badge.tsx'

interface Props {
  sessions: Session[]
  show: (id: string) => void
}

export function SessionTable({ sessions, show }: Props) {
  return (
    <Box className="surface" style={{ overflow: 'hidden' }}>
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>File</Table.Th>
            <Table.Th w={{ base: 140, sm: 250 }}>Status</Table.Th>
            <Table.Th visibleFrom="md">Filed on</Table.Th>
            <Table.Th visibleFrom="lg" w={150}>
              Protocol
            </Table.Th>
            <Table.Th visibleFrom="sm" w={140}>
              Last change
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <Row key={session.id} session={session} show={show} />
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  )
}

function Row({ session, show }: { session: Session; show: (id: string) => void }) {
  const { id, fileName, protocol, size, target, location, updatedAt } = session
  return (
    <Table.Tr data-session={id}>
      <Table.Td>
        <UnstyledButton
          onClick={() => show(id)}
          className="row-link wrap"
          fw={600}
          aria-label={`Details of ${fileName}`}
        >
          {fileName}
        </UnstyledButton>
        <Text size="sm" c="dimmed">
          {size === null ? 'size not known yet' : bytes(size)}
        </Text>
      </Table.Td>
      <Table.Td>
        <State session={session} />
      </Table.Td>
      <Table.Td visibleFrom="md" className="wrap">
        {target ? <TargetName target={{ ...target, location }} /> : <Text c="dimmed">no record</Text>}
      </Table.Td>
      <Table.Td visibleFrom="lg">{PROTOCOL_NAMES[protocol] ?? protocol}</Table.Td>
      <Table.Td visibleFrom="sm">{relative(updatedAt)}</Table.Td>
    </Table.Tr>
  )
}

function State({ session }: { session: Session }) {
  const { fileName, received, size, status, verified } = session
  const text = `${bytes(received)}${size === null ? '' : ` of ${bytes(size)}`} stored`
  return (
    <>
      <Group gap={6}>
        <StatusBadge status={status} />
        {status === 'COMPLETED' && verified && <VerifiedBadge />}
      </Group>
      {!TERMINAL.has(status) && (
        <Box mt={8}>
          <Progress label={`Stored of ${fileName}`} size={size ?? received} stored={received} text={text} />
          <Text size="xs" c="dimmed" mt={4}>
            {text}
          </Text>
        </Box>
      )}
    </>
  )
}
