import { Button, type ButtonProps, Group } from '@mantine/core'
import {
  IconFileCertificate,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconRestore,
  IconX,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { announce } from '../shell/announcer.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { useQueue } from './queue-context.tsx'
import { saveReceipt } from './receipt.ts'
import type { UploadView } from './view.ts'

const DONE = new Set(['filed', 'stored'])
const MOVING = new Set([
  'waiting',
  'checking',
  'uploading',
  'offline',
  'server away',
  'no room',
  'signed out',
])

interface ActProps extends ButtonProps {
  /** The file's name, so that twenty buttons are not all called the same. */
  of: string
  label: string
  act: () => void
  icon: ReactNode
}

function Act({ of, label, act, icon, ...rest }: ActProps) {
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={icon}
      aria-label={`${label}: ${of}`}
      onClick={act}
      {...rest}
    >
      {label}
    </Button>
  )
}

export function UploadActions({ upload, onRecord }: { upload: UploadView; onRecord: boolean }) {
  const queue = useQueue()
  const { id, name, state, changed, session, digest } = upload
  const say = (what: string, act: () => void) => () => {
    act()
    announce(`${what}: ${name}`)
  }
  if (DONE.has(state))
    return (
      <Group gap={6}>
        {session?.target && !onRecord && (
          <Button
            component={Link}
            to={`/records/${session.target.table}/${session.target.record}`}
            variant="default"
            size="compact-sm"
          >
            Show the record
          </Button>
        )}
        {session && (
          <Act
            of={name}
            label="Save receipt"
            icon={<IconFileCertificate size={16} aria-hidden />}
            act={() => void saveReceipt(session, digest)}
          />
        )}
        <Act of={name} label="Clear" icon={<IconX size={16} aria-hidden />} act={() => queue.dismiss(id)} />
      </Group>
    )
  return (
    <Group gap={6}>
      {(MOVING.has(state) || state === 'paused') && <PauseOrResume upload={upload} say={say} />}
      {state === 'failed' && !changed && (
        <Act
          of={name}
          label="Try again"
          variant="filled"
          icon={<IconRefresh size={16} aria-hidden />}
          act={say('Trying again', () => queue.retry(id))}
        />
      )}
      {state === 'failed' && (
        <Act
          of={name}
          label="Start anew"
          icon={<IconRestore size={16} aria-hidden />}
          act={say('Started anew', () => queue.startAnew(id))}
        />
      )}
      <Cancel upload={upload} />
    </Group>
  )
}

interface PauseProps {
  upload: UploadView
  say: (what: string, act: () => void) => () => void
}

/** One button, so that who has pressed it is still on it. */
function PauseOrResume({ upload: { id, name, state }, say }: PauseProps) {
  const queue = useQueue()
  const paused = state === 'paused'
  const Icon = paused ? IconPlayerPlay : IconPlayerPause
  return (
    <Act
      of={name}
      label={paused ? 'Resume' : 'Pause'}
      variant={paused ? 'filled' : 'default'}
      icon={<Icon size={16} aria-hidden />}
      act={paused ? say('Resumed', () => queue.resume(id)) : say('Paused', () => queue.pause(id))}
    />
  )
}

function Cancel({ upload: { id, name, state } }: { upload: UploadView }) {
  const queue = useQueue()
  const [asking, setAsking] = useState(false)
  const cancel = () => {
    queue.cancel(id)
    announce(`Upload canceled: ${name}`)
  }
  return (
    <>
      <Act
        of={name}
        label={state === 'failed' ? 'Remove' : 'Cancel upload'}
        icon={<IconX size={16} aria-hidden />}
        act={() => (state === 'failed' ? cancel() : setAsking(true))}
      />
      {asking && (
        <Confirm
          title="Cancel this upload?"
          action="Cancel the upload"
          keep="Keep uploading"
          onConfirm={cancel}
          onClose={() => setAsking(false)}
        >
          What the server has stored of “{name}” so far will be deleted. The file on your device stays as it
          is.
        </Confirm>
      )}
    </>
  )
}
