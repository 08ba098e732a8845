import { Stack, Text } from '@mantine/core'
import { IconInbox, type Icon as TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface Props {
  title: string
  children?: ReactNode
  Icon?: TablerIcon
  action?: ReactNode
}

export function Empty({ title, children, Icon = IconInbox, action }: Props) {
  return (
    <Stack align="center" gap={6} py={44} px="md" ta="center">
      <Icon size={42} stroke={1.4} aria-hidden color="var(--info)" />
      <Text fw={650} fz="lg">
        {title}
      </Text>
      {children && (
        <Text c="dimmed" maw={440}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  )
}
