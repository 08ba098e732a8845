import { Anchor, Breadcrumbs, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'

interface Crumb {
  label: string
  to?: string
}

export function Crumbs({ of }: { of: Crumb[] }) {
  return (
    <nav aria-label="Path">
      <Breadcrumbs
        mb={6}
        separatorMargin={6}
        styles={{
          root: { flexWrap: 'wrap' },
          breadcrumb: { whiteSpace: 'normal', overflowWrap: 'anywhere' },
        }}
      >
        {of.map(({ label, to }) =>
          to ? (
            <Anchor key={label} component={Link} to={to} size="sm">
              {label}
            </Anchor>
          ) : (
            <Text key={label} size="sm" c="dimmed" aria-current="page">
              {label}
            </Text>
          ),
        )}
      </Breadcrumbs>
    </nav>
  )
}
