import { Button, Group } from '@mantine/core'
import { IconCamera, IconMicrophone, IconScreenShare } from '@tabler/icons-react'
import { useState } from 'react'
import type { DashboardPlugin } from './dashboard.tsx'
import type { Tray } from './tray.ts'

const devices = () => (typeof navigator.mediaDevices === 'undefined' ? null : navigator.mediaDevices)

const SOURCES = [
  { id: 'Webcam', label: 'Camera', Icon: IconCamera, can: () => devices() !== null, add: withCamera },
  {
    id: 'ScreenCapture',
    label: 'Screen',
    Icon: IconScreenShare,
    can: () => typeof devices()?.getDisplayMedia === 'function',
    add: withScreen,
  },
  { id: 'Audio', label: 'Sound', Icon: IconMicrophone, can: () => devices() !== null, add: withSound },
]

/** What these need is fetched when one of them is used, not before. */
export function Capture({ tray }: { tray: Tray }) {
  const [loading, setLoading] = useState<string | null>(null)
  const open = async ({ id, add }: (typeof SOURCES)[number]) => {
    setLoading(id)
    if (!tray.getPlugin(id)) await add(tray)
    setLoading(null)
    const dashboard = tray.getPlugin('Dashboard') as DashboardPlugin | undefined
    dashboard?.showPanel(id)
  }
  return (
    <Group gap="xs">
      {SOURCES.filter((source) => source.can()).map((source) => (
        <Button
          key={source.id}
          variant="default"
          size="xs"
          leftSection={<source.Icon size={17} aria-hidden />}
          loading={loading === source.id}
          onClick={() => void open(source)}
        >
          {source.label}
        </Button>
      ))}
    </Group>
  )
}

async function withCamera(tray: Tray): Promise<void> {
  const [{ default: Webcam }] = await Promise.all([
    import('@uppy/webcam'),
    import('@uppy/webcam/css/style.min.css'),
  ])
  tray.use(Webcam, { showVideoSourceDropdown: true, showRecordingLength: true })
}

async function withScreen(tray: Tray): Promise<void> {
  const [{ default: ScreenCapture }] = await Promise.all([
    import('@uppy/screen-capture'),
    import('@uppy/screen-capture/css/style.min.css'),
  ])
  tray.use(ScreenCapture, {})
}

async function withSound(tray: Tray): Promise<void> {
  const [{ default: Sound }] = await Promise.all([
    import('@uppy/audio'),
    import('@uppy/audio/css/style.min.css'),
  ])
  tray.use(Sound, { showAudioSourceDropdown: true })
}
