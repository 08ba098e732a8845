import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Target } from '../api/types.ts'
import { announce } from '../shell/announcer.tsx'
import { TargetPicker } from '../uploads/target-picker.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './notice.tsx'

interface Props {
  name: string
  copy: (target: Target) => Promise<unknown>
  close: () => void
}

/** Files something that is stored already on one more record; its bytes are not copied. */
export function CopyDialog({ name, copy, close }: Props) {
  const [target, setTarget] = useState<Target | null>(null)
  const client = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: copy,
    onSuccess: async (_, to) => {
      await client.invalidateQueries({ queryKey: ['entries'] })
      await client.invalidateQueries({ queryKey: ['sessions'] })
      announce(`Copied to ${to.name}`)
      notifications.show({
        color: 'teal',
        title: 'Copied',
        message: `${name} is now on ${to.table} · ${to.name} too`,
      })
      close()
    },
  })
  return (
    <Dialog onClose={close} title="Copy to a record">
      <Stack>
        <Text className="wrap">
          “{name}” will be on both places. The stored bytes are shared, not doubled.
        </Text>
        <TargetPicker target={target} onChange={setTarget} required />
        {error && <ErrorNotice error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Close
          </Button>
          <Button disabled={!target} loading={isPending} onClick={() => target && mutate(target)}>
            Copy here
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
