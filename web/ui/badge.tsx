import type { Icon as TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'idle'

export function Badge({ tone, Icon, children }: { tone: Tone; Icon?: TablerIcon; children: ReactNode }) {
  return (
    <span className={`badge tone-${tone}`}>
      {Icon && <Icon size={15} stroke={2.2} aria-hidden />}
      {children}
    </span>
  )
}
