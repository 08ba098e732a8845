import { Button, FileButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileImport } from '@tabler/icons-react'
import type { Session } from '../api/types.ts'
import { bytes } from '../format.ts'
import { announce } from '../shell/announcer.tsx'
import { useQueue } from './queue-context.tsx'

interface Props {
  session: Session
  label?: string
  onContinued?: () => void
}

/** Asks for the file once; the server's prefix decides whether it is the right one. */
export function ContinueButton({ session, label = 'Continue here', onContinued }: Props) {
  const queue = useQueue()
  const take = (file: File | null) => {
    if (!file) return
    if (session.size !== null && file.size !== session.size) return wrongSize(session, file)
    queue.continue(session, file)
    announce(`Checking ${file.name}, then the upload goes on`)
    onContinued?.()
  }
  return (
    <FileButton onChange={take} inputProps={{ 'aria-label': `File to continue ${session.fileName}` }}>
      {(props) => (
        <Button
          {...props}
          size="compact-sm"
          leftSection={<IconFileImport size={16} aria-hidden />}
          aria-label={`${label}: ${session.fileName}`}
        >
          {label}
        </Button>
      )}
    </FileButton>
  )
}

function wrongSize(session: Session, file: File): void {
  notifications.show({
    color: 'red',
    autoClose: 12_000,
    title: 'That is not the same file',
    message: `The upload of “${session.fileName}” is for ${bytes(session.size ?? 0)}, “${file.name}” has ${bytes(file.size)}. Pick the file it was begun with, or upload this one anew.`,
  })
}
