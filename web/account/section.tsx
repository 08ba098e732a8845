import { Box, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

interface Props {
  title: string
  lead?: string
  children: ReactNode
}

export function Section({ title, lead, children }: Props) {
  const id = useId()
  return (
    <Box component="section" aria-labelledby={id} className="surface" p="md">
      <Title order={2} fz={18} id={id} mb={lead ? 2 : 'sm'}>
        {title}
      </Title>
      {lead && (
        <Text size="sm" c="dimmed" mb="sm">
          {lead}
        </Text>
      )}
      {children}
    </Box>
  )
}
