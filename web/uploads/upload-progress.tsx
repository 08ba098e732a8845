import { Group, Text } from '@mantine/core'
import { bytes, duration, percent, speed } from '../format.ts'
import { Progress } from '../ui/progress.tsx'
import { useRate } from './use-rate.ts'
import type { UploadView } from './view.ts'

/** How far a file is: what the server holds, apart from what was sent. */
export function UploadProgress({ upload }: { upload: UploadView }) {
  const { name, size, stored, sent, hashed, state } = upload
  const pace = useRate(stored, size, state === 'uploading')
  const text = `${bytes(stored)} of ${bytes(size)} stored`
  const onWire = Math.max(0, sent - stored)
  return (
    <div>
      <Progress
        label={`Progress of ${name}`}
        size={size}
        stored={stored}
        sent={sent}
        failed={state === 'failed'}
        text={text}
      />
      <Group gap={14} mt={6} fz="sm" c="dimmed">
        <span>{text}</span>
        {state === 'uploading' && onWire > 0 && <span>{bytes(sent)} sent</span>}
        {state === 'uploading' && pace.speed !== null && <span>{speed(pace.speed)}</span>}
        {state === 'uploading' && pace.secondsLeft !== null && <span>{duration(pace.secondsLeft)} left</span>}
        {(state === 'checking' || (state === 'verifying' && hashed < size)) && (
          <Text span inherit>
            {Math.floor(percent(hashed, size))} % of the file read and compared
          </Text>
        )}
      </Group>
    </div>
  )
}
