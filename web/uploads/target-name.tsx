import { Text } from '@mantine/core'
import type { RecordRef } from '../api/types.ts'
import { LOCATION_NAMES } from '../ui/names.ts'

interface Props {
  target: (RecordRef & { location?: string | null }) | null
}

/** "Attachment on C_Order · SO-1001", or that there is no record yet. */
export function TargetName({ target }: Props) {
  if (!target) return <>no record yet</>
  const location = LOCATION_NAMES[target.location as keyof typeof LOCATION_NAMES] ?? target.location
  return (
    <>
      {location ? `${location} on ` : ''}
      {target.table} ·{' '}
      <Text span inherit fw={600}>
        {target.name}
      </Text>
    </>
  )
}
