import { notifications } from '@mantine/notifications'
import { count } from '../format.ts'
import { announce } from '../shell/announcer.tsx'
import { useQueue } from './queue-context.tsx'
import type { Consignment } from './queue-types.ts'

/** Hands files to the queue and says what became of that. */
export function useSend(): (consignments: Consignment[]) => void {
  const queue = useQueue()
  return (consignments) => {
    const { added, duplicates } = queue.add(consignments)
    if (added > 0) announce(`Uploading ${count(added, 'file')}`)
    if (duplicates.length === 0) return
    notifications.show({
      color: 'yellow',
      title:
        duplicates.length === 1
          ? 'Already on its way'
          : `${duplicates.length} files are already on their way`,
      message: `${duplicates.slice(0, 3).join(', ')}${duplicates.length > 3 ? ' …' : ''}: the same file to the same place.`,
    })
  }
}
