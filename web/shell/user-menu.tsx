import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconLogout, IconUser } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useSignOut, useUser } from '../account/me.ts'

export function UserMenu() {
  const user = useUser()
  const signOut = useSignOut()
  const navigate = useNavigate()
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton aria-label={`User menu of ${user.userName}`}>
          <Avatar radius="xl" color="tide" variant="filled" size={36} aria-hidden>
            {user.userName.slice(0, 2).toUpperCase()}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} className="clip">
            {user.userName}
          </Text>
          <Text size="xs">{user.roles.join(', ')}</Text>
        </Menu.Label>
        <Menu.Item
          leftSection={<IconUser size={18} aria-hidden />}
          onClick={() => void navigate({ to: '/account' })}
        >
          Account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
