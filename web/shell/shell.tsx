import { AppShell, Group, Text } from '@mantine/core'
import { Link, Outlet } from '@tanstack/react-router'
import { DropAnywhere } from '../uploads/drop-anywhere.tsx'
import { UploadAnnouncements } from '../uploads/upload-announcements.tsx'
import { Announcer } from './announcer.tsx'
import icon from './icon.svg'
import { Nav } from './nav.tsx'
import { ReachBanner } from './reach-banner.tsx'
import { ThemeSwitch } from './theme-switch.tsx'
import { UserMenu } from './user-menu.tsx'

export function Shell() {
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: true } }}
      padding={0}
    >
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Link to="/" className="row-link" aria-label="Slipway, to the upload page">
            <Group gap={10} wrap="nowrap">
              <img src={icon} alt="" width={32} height={32} />
              <Text fw={700} fz={20}>
                Slipway
              </Text>
            </Group>
          </Link>
          <Group gap="sm" wrap="nowrap">
            <ThemeSwitch />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Nav label="Main" />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} pb={{ base: 72, sm: 0 }}>
        <ReachBanner />
        <Outlet />
      </AppShell.Main>
      <AppShell.Footer h={60} hiddenFrom="sm">
        <Nav className="tab-bar" label="Main, small screen" />
      </AppShell.Footer>
      <DropAnywhere />
      <UploadAnnouncements />
      <Announcer />
    </AppShell>
  )
}
