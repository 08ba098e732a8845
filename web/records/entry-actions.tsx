import { ActionIcon, Group, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCopyPlus, IconDots, IconDownload, IconEye, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useCanWrite } from '../account/me.ts'
import { copyEntry, removeEntry } from '../api/records.ts'
import type { Entry } from '../api/types.ts'
import { announce } from '../shell/announcer.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { CopyDialog } from '../ui/copy-dialog.tsx'

interface Props {
  entry: Entry
  preview: (() => void) | null
}

export function EntryActions({ entry, preview }: Props) {
  const [dialog, setDialog] = useState<'copy' | 'remove' | null>(null)
  const canWrite = useCanWrite()
  const { uid, name, links } = entry
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        component="a"
        href={links.content}
        download={name}
        variant="subtle"
        size="lg"
        aria-label={`Download ${name}`}
      >
        <IconDownload size={20} aria-hidden />
      </ActionIcon>
      <Menu position="bottom-end" width={210}>
        <Menu.Target>
          <ActionIcon variant="subtle" size="lg" aria-label={`More for ${name}`}>
            <IconDots size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {preview && (
            <Menu.Item leftSection={<IconEye size={18} aria-hidden />} onClick={preview}>
              Preview
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconCopyPlus size={18} aria-hidden />}
            disabled={!canWrite}
            onClick={() => setDialog('copy')}
          >
            Copy to a record
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={18} aria-hidden />}
            disabled={!canWrite}
            onClick={() => setDialog('remove')}
          >
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'copy' && (
        <CopyDialog name={name} copy={(target) => copyEntry(uid, target)} close={() => setDialog(null)} />
      )}
      {dialog === 'remove' && <Remove entry={entry} close={() => setDialog(null)} />}
    </Group>
  )
}

function Remove({ entry, close }: { entry: Entry; close: () => void }) {
  const client = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => removeEntry(entry.uid),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['entries'] })
      await client.invalidateQueries({ queryKey: ['records'] })
      announce(`${entry.name} was removed`)
      notifications.show({ message: `${entry.name} was removed` })
      close()
    },
  })
  return (
    <Confirm
      title="Remove this file?"
      action="Remove the file"
      keep="Keep it"
      busy={isPending}
      error={error}
      onConfirm={() => mutate()}
      onClose={close}
    >
      “{entry.name}” will no longer be on this record. Copies on other records stay.
    </Confirm>
  )
}
