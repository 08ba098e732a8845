import { request } from './request.ts'
import type { APIKey, Role, Settings, User } from './types.ts'

export const me = () => request<{ user: User }>('/me').then((answer) => answer.user)

export const signIn = (userName: string, password: string) =>
  request<{ user: User }>('/sign-in', { method: 'POST', body: { userName, password } }).then(
    (answer) => answer.user,
  )

export const signOut = () => request<void>('/sign-out', { method: 'POST' })

export const settings = () => request<Settings>('/settings')

export const changePassword = (current: string, password: string) =>
  request<void>('/me/password', { method: 'POST', body: { current, password } })

export const keys = () => request<{ keys: APIKey[] }>('/keys').then((answer) => answer.keys)

export const createKey = (name: string) =>
  request<APIKey & { key: string }>('/keys', { method: 'POST', body: { name } })

export const revokeKey = (id: string) => request<void>(`/keys/${id}`, { method: 'DELETE' })

export const users = () => request<{ users: User[] }>('/users').then((answer) => answer.users)

export const createUser = (userName: string, password: string, roles: Role[]) =>
  request<User>('/users', { method: 'POST', body: { userName, password, roles } })
