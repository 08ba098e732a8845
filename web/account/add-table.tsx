import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef } from 'react'
import { createTable } from '../api/records.ts'
import { announce } from '../shell/announcer.tsx'
import { ErrorNotice, Notice } from '../ui/notice.tsx'
import { Section } from './section.tsx'

export function AddTable() {
  const client = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: createTable,
    onSuccess: async (table) => {
      form.current?.reset()
      announce(`The table ${table.name} was added`)
      await client.invalidateQueries({ queryKey: ['tables'] })
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(String(new FormData(event.currentTarget).get('name')).trim())
  }
  return (
    <Section title="Tables" lead="A table holds records, and records hold files.">
      <form ref={form} onSubmit={submit}>
        <Stack gap="sm">
          <Group align="flex-end" gap="sm">
            <TextInput
              name="name"
              label="Name of the new table"
              placeholder="C_Shipment"
              required
              withAsterisk={false}
              flex="1 1 200px"
              maw={360}
            />
            <Button type="submit" loading={isPending}>
              Add the table
            </Button>
          </Group>
          {error && <ErrorNotice error={error} />}
          {data && <Notice tone="ok" title={`The table ${data.name} was added`} />}
        </Stack>
      </form>
    </Section>
  )
}
