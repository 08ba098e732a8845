import { percent } from '../format.ts'

interface Props {
  label: string
  size: number
  stored: number
  sent?: number
  failed?: boolean
  text: string
}

/** Two lengths in one bar: safe on the server, and merely given to the network. */
export function Progress({ label, size, stored, sent = 0, failed = false, text }: Props) {
  const safe = percent(stored, size)
  return (
    <div
      className={failed ? 'bar bar-bad' : 'bar'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(safe)}
      aria-valuetext={text}
    >
      <span className="bar-sent" style={{ width: `${percent(sent, size)}%` }} />
      <span className="bar-stored" style={{ width: `${safe}%` }} />
    </div>
  )
}
