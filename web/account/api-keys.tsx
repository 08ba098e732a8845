import { Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import * as api from '../api/account.ts'
import type { APIKey } from '../api/types.ts'
import { moment } from '../format.ts'
import { announce } from '../shell/announcer.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Copy } from '../ui/digest.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { ErrorNotice, Notice } from '../ui/notice.tsx'
import { Section } from './section.tsx'

const KEYS = ['keys']

export function APIKeys() {
  const query = useQuery({ queryKey: KEYS, queryFn: api.keys })
  return (
    <Section title="API keys" lead="For programs that upload in your name, sent as the header x-api-key.">
      <Stack gap="md">
        <CreateKey />
        <Loaded query={query} rows={2}>
          {(keys) => (keys.length === 0 ? <Text c="dimmed">No keys yet.</Text> : <KeyTable keys={keys} />)}
        </Loaded>
      </Stack>
    </Section>
  )
}

function CreateKey() {
  const client = useQueryClient()
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: api.createKey,
    onSuccess: async () => {
      announce('The key was created')
      await client.invalidateQueries({ queryKey: KEYS })
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(String(new FormData(event.currentTarget).get('name')).trim())
    event.currentTarget.reset()
  }
  return (
    <>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            name="name"
            label="Name of the new key"
            placeholder="What it is for"
            required
            withAsterisk={false}
            maxLength={100}
            flex="1 1 200px"
            maw={360}
          />
          <Button type="submit" loading={isPending}>
            Create a key
          </Button>
        </Group>
      </form>
      {error && <ErrorNotice error={error} />}
      {data && (
        <Notice tone="ok" title={`The key “${data.name}”, shown this once`}>
          <Group gap={6} wrap="nowrap" my={4}>
            <Code className="wrap" fz="sm">
              {data.key}
            </Code>
            <Copy value={data.key} what="the key" />
          </Group>
          Keep it like a password. It cannot be shown again, only revoked.
        </Notice>
      )}
    </>
  )
}

function KeyTable({ keys }: { keys: APIKey[] }) {
  const [revoking, setRevoking] = useState<APIKey | null>(null)
  return (
    <>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th visibleFrom="xs">Created</Table.Th>
            <Table.Th ta="right">Revoke</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td className="wrap">{key.name}</Table.Td>
              <Table.Td visibleFrom="xs">{moment(key.createdAt)}</Table.Td>
              <Table.Td ta="right">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Revoke ${key.name}`}
                  onClick={() => setRevoking(key)}
                >
                  Revoke
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {revoking && <Revoke apiKey={revoking} close={() => setRevoking(null)} />}
    </>
  )
}

function Revoke({ apiKey, close }: { apiKey: APIKey; close: () => void }) {
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.revokeKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: KEYS })
      announce(`The key ${apiKey.name} was revoked`)
      close()
    },
  })
  return (
    <Confirm
      title="Revoke this key?"
      action="Revoke the key"
      keep="Keep it"
      busy={isPending}
      error={error}
      onConfirm={() => mutate()}
      onClose={close}
    >
      Programs that use “{apiKey.name}” will be refused from now on.
    </Confirm>
  )
}
