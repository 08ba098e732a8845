import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCopyPlus, IconDownload, IconFileCertificate, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useCanWrite } from '../account/me.ts'
import { cancelSession, copySession } from '../api/sessions.ts'
import type { Session } from '../api/types.ts'
import { announce } from '../shell/announcer.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { CopyDialog } from '../ui/copy-dialog.tsx'
import { ContinueButton } from '../uploads/continue-button.tsx'
import { useUploads } from '../uploads/queue-context.tsx'
import { saveReceipt } from '../uploads/receipt.ts'
import { refresh, TERMINAL } from './live.ts'

interface Props {
  session: Session
  close: () => void
}

export function SessionActions({ session, close }: Props) {
  const [dialog, setDialog] = useState<'copy' | 'cancel' | null>(null)
  const canWrite = useCanWrite()
  const here = useUploads().find((upload) => upload.session?.id === session.id)
  const { id, fileName, status, uploadUrl, links } = session
  const open = !TERMINAL.has(status)
  return (
    <Group gap="xs">
      {canWrite && open && uploadUrl && !here && <ContinueButton session={session} onContinued={close} />}
      {status === 'COMPLETED' && links.file && (
        <Button
          component="a"
          href={links.file}
          download={fileName}
          size="compact-sm"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Download
        </Button>
      )}
      {status === 'COMPLETED' && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconFileCertificate size={16} aria-hidden />}
          onClick={() => void saveReceipt(session, here?.digest ?? null)}
        >
          Save receipt
        </Button>
      )}
      {canWrite && status === 'COMPLETED' && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconCopyPlus size={16} aria-hidden />}
          onClick={() => setDialog('copy')}
        >
          Copy to a record
        </Button>
      )}
      {canWrite && open && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => setDialog('cancel')}
        >
          Cancel upload
        </Button>
      )}
      {dialog === 'copy' && (
        <CopyDialog
          name={fileName}
          copy={(target) => copySession(id, target)}
          close={() => setDialog(null)}
        />
      )}
      {dialog === 'cancel' && <CancelSession session={session} close={() => setDialog(null)} />}
    </Group>
  )
}

function CancelSession({ session, close }: Props) {
  const client = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => cancelSession(session.id),
    onSuccess: async () => {
      await refresh(session.id)
      await client.invalidateQueries({ queryKey: ['sessions'] })
      announce('Upload canceled')
      notifications.show({ message: `The upload of ${session.fileName} was canceled` })
      close()
    },
  })
  return (
    <Confirm
      title="Cancel this upload?"
      action="Cancel the upload"
      keep="Keep it"
      busy={isPending}
      error={error}
      onConfirm={() => mutate()}
      onClose={close}
    >
      What is stored of “{session.fileName}” so far will be deleted, whichever device sends it.
    </Confirm>
  )
}
