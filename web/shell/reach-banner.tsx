import { IconPlugConnectedX, IconWifiOff } from '@tabler/icons-react'
import type { Reach } from '../uploads/gate.ts'
import { useReach } from '../uploads/queue-context.tsx'

const BANNERS: Partial<Record<Reach, { Icon: typeof IconWifiOff; text: string }>> = {
  offline: {
    Icon: IconWifiOff,
    text: 'You are offline. Nothing is lost: uploads go on by themselves when the network is back.',
  },
  'server away': {
    Icon: IconPlugConnectedX,
    text: 'The server does not answer. We keep asking; uploads go on from where they were when it is back.',
  },
}

/** Stays as long as the trouble does. */
export function ReachBanner() {
  const banner = BANNERS[useReach()]
  return (
    <div role="status" className="reach">
      {banner && (
        <div className="notice tone-warn" style={{ borderRadius: 0 }}>
          <banner.Icon size={22} aria-hidden style={{ flexShrink: 0 }} />
          <strong>{banner.text}</strong>
        </div>
      )}
    </div>
  )
}
