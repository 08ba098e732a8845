import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { IconCloudUpload, IconMapPin } from '@tabler/icons-react'
import { useState } from 'react'
import type { Target } from '../api/types.ts'
import { bytes, count } from '../format.ts'
import { Dialog } from '../ui/dialog.tsx'
import { TargetName } from './target-name.tsx'
import { TargetPicker } from './target-picker.tsx'
import { consignmentOf, type Tray, type TrayFile } from './tray.ts'
import { useSend } from './use-send.ts'

const SHOWN = 100

/** What is on the tray and where each file goes, with the button that sends all of it. */
export function TrayFiles({ tray, files, batch }: { tray: Tray; files: TrayFile[]; batch: Target | null }) {
  const [addressing, setAddressing] = useState<TrayFile | null>(null)
  const send = useSend()
  const total = files.reduce((sum, file) => sum + (file.size ?? 0), 0)
  const upload = () => {
    send(files.map((file) => consignmentOf(file, batch)))
    tray.clear()
  }
  return (
    <Box component="section" aria-label="Files picked" className="surface" p="md">
      <Group justify="space-between" gap="sm">
        <Text>
          {count(files.length, 'file')}, {bytes(total)}
        </Text>
        <Button size="md" leftSection={<IconCloudUpload size={20} aria-hidden />} onClick={upload}>
          Upload {count(files.length, 'file')}
        </Button>
      </Group>
      <ul className="plain-list" aria-label="Where each file goes">
        {files.slice(0, SHOWN).map((file) => (
          <li key={file.id}>
            <Group justify="space-between" wrap="nowrap" gap="sm" pt="xs">
              <div className="wrap">
                <Text size="sm" fw={550} className="clip">
                  {file.meta.name}
                </Text>
                <Text size="sm" c="dimmed" className="wrap">
                  <TargetName target={file.meta.target === undefined ? batch : file.meta.target} />
                </Text>
              </div>
              <Button
                variant="subtle"
                size="compact-sm"
                flex="none"
                leftSection={<IconMapPin size={16} aria-hidden />}
                aria-label={`Change where ${file.meta.name} goes`}
                onClick={() => setAddressing(file)}
              >
                Change
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      {files.length > SHOWN && (
        <Text size="sm" c="dimmed" pt="xs">
          and {files.length - SHOWN} more, which go where the batch goes unless you changed them
        </Text>
      )}
      {addressing && (
        <Address tray={tray} file={addressing} batch={batch} close={() => setAddressing(null)} />
      )}
    </Box>
  )
}

interface AddressProps {
  tray: Tray
  file: TrayFile
  batch: Target | null
  close: () => void
}

function Address({ tray, file, batch, close }: AddressProps) {
  const [target, setTarget] = useState(file.meta.target === undefined ? batch : file.meta.target)
  const keep = (chosen: Target | null | undefined) => {
    tray.setFileMeta(file.id, { target: chosen } as TrayFile['meta'])
    close()
  }
  return (
    <Dialog onClose={close} title={`Where “${file.meta.name}” goes`}>
      <Stack>
        <TargetPicker target={target} onChange={setTarget} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => keep(undefined)}>
            Same as the batch
          </Button>
          <Button onClick={() => keep(target)}>Keep for this file</Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
