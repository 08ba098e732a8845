import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { announce } from './announcer.tsx'

interface Props {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  above?: ReactNode
  children: ReactNode
}

let first = true

/** A page with its heading; on arrival the focus and the announcement are the heading's. */
export function Page({ title, lead, actions, above, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Slipway`
    if (!first) {
      heading.current?.focus({ preventScroll: true })
      announce(title)
    }
    first = false
  }, [title])
  return (
    <Box maw={1180} mx="auto" px={{ base: 'md', sm: 'xl' }} py={{ base: 'md', sm: 'xl' }}>
      {above}
      <Group justify="space-between" align="flex-end" mb="lg" gap="sm">
        <div className="wrap">
          <Title order={1} fz={{ base: 24, sm: 30 }} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {lead && (
            <Text c="dimmed" mt={2}>
              {lead}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  )
}
