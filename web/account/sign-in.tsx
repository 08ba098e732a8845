import { Box, Button, Center, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useEffect } from 'react'
import icon from '../shell/icon.svg'
import { ThemeSwitch } from '../shell/theme-switch.tsx'
import { ErrorNotice, Notice } from '../ui/notice.tsx'
import { useSignIn } from './me.ts'

const linkWasUsed = () => new URLSearchParams(location.search).get('signin') === 'used'

export function SignIn() {
  const { mutate, error, isPending } = useSignIn()
  useEffect(() => {
    document.title = 'Sign in · Slipway'
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    mutate({ userName: String(form.get('userName')), password: String(form.get('password')) })
  }
  return (
    <Center mih="100dvh" p="md" component="main">
      <Box pos="fixed" top={12} right={16}>
        <ThemeSwitch />
      </Box>
      <Stack w="100%" maw={400} gap="lg">
        <Group gap={14} justify="center">
          <img src={icon} alt="" width={48} height={48} />
          <div>
            <Title order={1} fz={30} lh={1.1}>
              Slipway
            </Title>
            <Text c="dimmed">Files onto records, verified</Text>
          </div>
        </Group>
        <form className="surface" onSubmit={submit}>
          <Stack p="xl" gap="md">
            <Title order={2} fz={20}>
              Sign in
            </Title>
            {linkWasUsed() && !error && (
              <Notice tone="warn" title="This sign-in link was used already">
                Each link works once. Sign in with your password, or restart the server for a new link.
              </Notice>
            )}
            {error && <ErrorNotice error={error} wording={WRONG} />}
            <TextInput
              name="userName"
              label="User name"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
            />
            <PasswordInput
              name="password"
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
            />
            <Button type="submit" size="md" loading={isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Stack>
    </Center>
  )
}

const WRONG = {
  401: {
    reason: 'User name and password do not match',
    advice: 'Mind upper and lower case, then try again.',
  },
}
