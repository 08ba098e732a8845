import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/empty.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { Page } from './page.tsx'

export function NotFound() {
  return (
    <Page title="Nothing here">
      <Empty
        title="There is no such page"
        Icon={IconMapOff}
        action={
          <Button component={Link} to="/" mt="sm">
            Go to the upload page
          </Button>
        }
      >
        The address may be old or mistyped.
      </Empty>
    </Page>
  )
}

export function Stumble({ error }: { error: unknown }) {
  return (
    <Page title="This page stumbled">
      <ErrorNotice error={error} retry={() => location.reload()} />
    </Page>
  )
}
