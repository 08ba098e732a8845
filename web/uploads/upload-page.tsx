import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useCanWrite, useUser } from '../account/me.ts'
import { Page } from '../shell/page.tsx'
import { Notice } from '../ui/notice.tsx'
import { useBatchTarget } from './batch-target.ts'
import { Capture } from './capture.tsx'
import { TrayDashboard } from './dashboard.tsx'
import { useUploads } from './queue-context.tsx'
import { TargetPicker } from './target-picker.tsx'
import { type Tray, type TrayFile, trayOf } from './tray.ts'
import { TrayFiles } from './tray-files.tsx'
import { Unfinished } from './unfinished.tsx'
import { UploadList } from './upload-list.tsx'

export function UploadPage() {
  const tray = trayOf(useUser().id)
  const files = useTrayFiles(tray)
  const uploads = useUploads()
  const [batch, setBatch] = useBatchTarget()
  const canWrite = useCanWrite()
  return (
    <Page
      title="Upload"
      lead="Files go on after a lost network, a reload or a restart, and are verified by SHA-256."
    >
      <Stack gap="lg">
        {!canWrite && (
          <Notice tone="warn" title="Your role may read, but not upload">
            Ask an administrator for the role “user”.
          </Notice>
        )}
        <Box component="section" aria-labelledby="target-heading" className="surface" p="md">
          <Title order={2} fz={18} id="target-heading" mb={4}>
            Where the files go
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            For all files picked next; each file can have a place of its own. Without a record they are stored
            and can be copied to one later.
          </Text>
          <TargetPicker target={batch} onChange={setBatch} />
        </Box>
        <Box component="section" aria-label="Pick files">
          <TrayDashboard tray={tray} disabled={!canWrite} />
          <Group justify="space-between" mt="xs">
            <Text size="sm" c="dimmed">
              or record:
            </Text>
            <Capture tray={tray} />
          </Group>
        </Box>
        {files.length > 0 && <TrayFiles tray={tray} files={files} batch={batch} />}
        {uploads.length > 0 && <UploadList uploads={uploads} />}
        <Unfinished />
      </Stack>
    </Page>
  )
}

function useTrayFiles(tray: Tray): TrayFile[] {
  const [files, setFiles] = useState(() => tray.getFiles())
  useEffect(() => {
    const read = () => setFiles(tray.getFiles())
    read()
    tray.on('state-update', read)
    return () => {
      tray.off('state-update', read)
    }
  }, [tray])
  return files
}
