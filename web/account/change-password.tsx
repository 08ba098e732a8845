import { Button, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef } from 'react'
import { changePassword } from '../api/account.ts'
import { ErrorNotice, Notice } from '../ui/notice.tsx'

const REVEAL = { 'aria-label': 'Show the password', tabIndex: 0 }
const WRONG = {
  reason: 'The current password is not right',
  advice: 'Mind upper and lower case, then try again.',
}

export function ChangePassword({ userName }: { userName: string }) {
  const form = useRef<HTMLFormElement>(null)
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: (values: { current: string; password: string }) =>
      changePassword(values.current, values.password),
    onSuccess: () => form.current?.reset(),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = new FormData(event.currentTarget)
    mutate({ current: String(values.get('current')), password: String(values.get('password')) })
  }
  return (
    <form ref={form} onSubmit={submit}>
      <input type="text" name="userName" autoComplete="username" defaultValue={userName} hidden readOnly />
      <Stack gap="sm">
        {isSuccess && <Notice tone="ok" title="The password was changed" />}
        {error && <ErrorNotice error={error} wording={{ 401: WRONG, 403: WRONG }} />}
        <PasswordInput
          name="current"
          label="Current password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={REVEAL}
        />
        <PasswordInput
          name="password"
          label="New password"
          description="At least 8 characters"
          autoComplete="new-password"
          minLength={8}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={REVEAL}
        />
        <div>
          <Button type="submit" loading={isPending}>
            Change the password
          </Button>
        </div>
      </Stack>
    </form>
  )
}
