import { IconCloudUpload, IconFolders, IconHistory, IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

const PLACES = [
  { to: '/', label: 'Upload', Icon: IconCloudUpload },
  { to: '/sessions', label: 'Sessions', Icon: IconHistory },
  { to: '/records', label: 'Records', Icon: IconFolders },
  { to: '/account', label: 'Account', Icon: IconUser },
] as const

export function Nav({ className, label }: { className?: string; label: string }) {
  return (
    <nav aria-label={label} className={className}>
      {PLACES.map(({ to, label: name, Icon }) => (
        <Link key={to} to={to} className="nav-link" activeOptions={{ exact: to === '/' }}>
          <Icon size={22} aria-hidden />
          {name}
        </Link>
      ))}
    </nav>
  )
}
