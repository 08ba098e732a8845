import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Entry } from '../api/types.ts'
import { bytes } from '../format.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Notice } from '../ui/notice.tsx'
import { inline, previewKind } from './preview-kind.ts'

const TEXT_SHOWN = 256 * 1024

export function Preview({ entry, close }: { entry: Entry; close: () => void }) {
  const { name, links } = entry
  return (
    <Dialog onClose={close} size="xl" title={name}>
      <Stack>
        <Content entry={entry} />
        <Group justify="flex-end">
          <Button
            component="a"
            href={links.content}
            download={name}
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            Download
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}

function Content({ entry }: { entry: Entry }) {
  const [broken, setBroken] = useState(false)
  const { name, links } = entry
  const src = inline(links.content)
  const fail = () => setBroken(true)
  if (broken)
    return (
      <Notice tone="warn" title="This browser cannot show the file">
        The file itself is unharmed; download it to open it with another program.
      </Notice>
    )
  switch (previewKind(entry)) {
    case 'image':
      return (
        <img
          src={src}
          alt={name}
          onError={fail}
          style={{ maxWidth: '100%', maxHeight: '70dvh', margin: '0 auto', display: 'block' }}
        />
      )
    case 'pdf':
      return <iframe src={src} title={name} style={{ width: '100%', height: '70dvh', border: 0 }} />
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: somebody's recording comes without captions
      return <audio src={src} controls onError={fail} aria-label={name} style={{ width: '100%' }} />
    case 'video':
      return (
        // biome-ignore lint/a11y/useMediaCaption: somebody's recording comes without captions
        <video
          src={src}
          controls
          onError={fail}
          aria-label={name}
          style={{ width: '100%', maxHeight: '70dvh' }}
        />
      )
    case 'text':
      return <TextPreview entry={entry} />
    case null:
      return null
  }
}

function TextPreview({ entry: { uid, size, links } }: { entry: Entry }) {
  const query = useQuery({
    queryKey: ['text', uid],
    queryFn: () => beginning(links.content),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Loaded query={query}>
      {(text) => (
        <>
          <Box
            component="pre"
            className="surface"
            tabIndex={0}
            aria-label="Text of the file"
            p="sm"
            m={0}
            fz="sm"
            style={{ overflow: 'auto', maxHeight: '60dvh', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
          >
            {text}
          </Box>
          {size > TEXT_SHOWN && (
            <Text size="sm" c="dimmed">
              The first {bytes(TEXT_SHOWN)} of {bytes(size)}
            </Text>
          )}
        </>
      )}
    </Loaded>
  )
}

async function beginning(content: string): Promise<string> {
  const response = await fetch(content, { headers: { range: `bytes=0-${TEXT_SHOWN - 1}` } })
  if (!response.ok && response.status !== 416) throw new Error('the text could not be loaded')
  return response.status === 416 ? '' : response.text()
}
