import { Button, Group, PasswordInput, Select, Stack, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import * as api from '../api/account.ts'
import type { Role, User } from '../api/types.ts'
import { announce } from '../shell/announcer.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { Section } from './section.tsx'

const USERS = ['users']
const ROLES: { value: Role; label: string }[] = [
  { value: 'user', label: 'User: reads and uploads' },
  { value: 'reader', label: 'Reader: reads only' },
  { value: 'admin', label: 'Administrator: all of it' },
]

export function Users() {
  const query = useQuery({ queryKey: USERS, queryFn: api.users })
  return (
    <Section title="Users">
      <Stack gap="md">
        <CreateUser />
        <Loaded query={query} rows={2}>
          {(users) => <UserTable users={users} />}
        </Loaded>
      </Stack>
    </Section>
  )
}

function CreateUser() {
  const client = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [role, setRole] = useState<Role>('user')
  const { mutate, error, isPending } = useMutation({
    mutationFn: (values: { userName: string; password: string }) =>
      api.createUser(values.userName, values.password, [role]),
    onSuccess: async (user) => {
      form.current?.reset()
      announce(`${user.userName} was added`)
      await client.invalidateQueries({ queryKey: USERS })
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = new FormData(event.currentTarget)
    mutate({ userName: String(values.get('userName')).trim(), password: String(values.get('password')) })
  }
  return (
    <form ref={form} onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <TextInput
          name="userName"
          label="New user's name"
          autoComplete="off"
          required
          withAsterisk={false}
          flex="1 1 170px"
        />
        <PasswordInput
          name="password"
          label="Their password"
          autoComplete="new-password"
          minLength={8}
          required
          withAsterisk={false}
          flex="1 1 170px"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
        />
        <Select
          label="Role"
          data={ROLES}
          value={role}
          allowDeselect={false}
          onChange={(value) => setRole((value ?? 'user') as Role)}
          flex="1 1 190px"
        />
        <Button type="submit" loading={isPending}>
          Add the user
        </Button>
      </Group>
      {error && (
        <div style={{ marginTop: 12 }}>
          <ErrorNotice error={error} />
        </div>
      )}
    </form>
  )
}

function UserTable({ users }: { users: User[] }) {
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th>Roles</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {users.map(({ id, userName, roles }) => (
          <Table.Tr key={id}>
            <Table.Td className="wrap">{userName}</Table.Td>
            <Table.Td>{roles.join(', ')}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
