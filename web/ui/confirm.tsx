import { Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './notice.tsx'

interface Props {
  title: string
  children: ReactNode
  /** What will be done, and what will not: "Remove the file" and "Keep it". */
  action: string
  keep: string
  busy?: boolean
  error?: unknown
  onConfirm: () => void
  onClose: () => void
}

export function Confirm({ title, children, action, keep, busy, error, onConfirm, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack>
        <Text>{children}</Text>
        {error ? <ErrorNotice error={error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep}
          </Button>
          <Button color="red.9" loading={busy ?? false} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
