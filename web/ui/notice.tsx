import { Button, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Explanation, explain } from '../api/explain.ts'
import { Problem } from '../api/problem.ts'

const ICONS = {
  ok: IconCircleCheck,
  info: IconInfoCircle,
  warn: IconAlertTriangle,
  bad: IconAlertCircle,
}

interface NoticeProps {
  tone: keyof typeof ICONS
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}

export function Notice({ tone, title, children, action }: NoticeProps) {
  const Icon = ICONS[tone]
  return (
    <div className={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon size={22} aria-hidden style={{ flexShrink: 0 }} />
      <Stack gap={2} flex={1} className="wrap">
        <Text fw={650} lh={1.35}>
          {title}
        </Text>
        {children && (
          <Text component="div" size="sm">
            {children}
          </Text>
        )}
        {action && <div>{action}</div>}
      </Stack>
    </div>
  )
}

interface ErrorProps {
  error: unknown
  retry?: () => void
  /** Better words for some statuses, where the place knows more. */
  wording?: Record<number, Explanation>
}

/** An error in plain words, and what to do about it. */
export function ErrorNotice({ error, retry, wording = {} }: ErrorProps) {
  const special = error instanceof Problem ? wording[error.status] : undefined
  const { reason, advice } = special ?? explain(error)
  return (
    <Notice
      tone="bad"
      title={reason}
      action={
        retry && (
          <Button variant="default" size="xs" mt={6} onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      {advice}
    </Notice>
  )
}
