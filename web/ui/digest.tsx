import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { shortDigest } from '../format.ts'
import { announce } from '../shell/announcer.tsx'

export function Copy({ value, what }: { value: string; what: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={`Copy ${what}`}
            onClick={() => {
              copy()
              announce('Copied')
            }}
          >
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

export function Digest({ sha256, whole = false }: { sha256: string; whole?: boolean }) {
  return (
    <Group gap={4} wrap="nowrap" className="wrap" component="span">
      <Code className="wrap" title={`SHA-256 ${sha256}`} fz={12.5}>
        {whole ? sha256 : shortDigest(sha256)}
      </Code>
      <Copy value={sha256} what="the SHA-256" />
    </Group>
  )
}
