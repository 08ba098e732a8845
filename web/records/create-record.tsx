import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { createRecord } from '../api/records.ts'
import { announce } from '../shell/announcer.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ErrorNotice } from '../ui/notice.tsx'

export function CreateRecord({ table, close }: { table: string; close: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { mutate, isPending, error } = useMutation({
    mutationFn: (name: string) => createRecord(table, name),
    onSuccess: async (record) => {
      await client.invalidateQueries({ queryKey: ['records', table] })
      await client.invalidateQueries({ queryKey: ['tables'] })
      announce(`${record.name} was created`)
      await navigate({ to: '/records/$table/$record', params: { table, record: record.uid } })
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(String(new FormData(event.currentTarget).get('name')).trim())
  }
  return (
    <Dialog onClose={close} title={`New record in ${table}`}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput name="name" label="Name" required withAsterisk={false} maxLength={255} data-autofocus />
          {error && <ErrorNotice error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button type="submit" loading={isPending}>
              Create the record
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
