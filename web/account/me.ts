import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import * as api from '../api/account.ts'
import type { User } from '../api/types.ts'
import { closeQueue } from '../uploads/queue-context.tsx'

export const ME = ['me']
export const UserContext = createContext<User | null>(null)

export function useUser(): User {
  const user = use(UserContext)
  if (!user) throw new Error('nobody is signed in')
  return user
}

export const useCanWrite = () => useUser().roles.some((role) => role !== 'reader')
export const useIsAdmin = () => useUser().roles.includes('admin')

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ userName, password }: { userName: string; password: string }) =>
      api.signIn(userName, password),
    onSuccess: (user) => client.setQueryData(ME, user),
  })
}

export function useSignOut(): () => void {
  const user = useUser()
  const { mutate } = useMutation({
    mutationFn: api.signOut,
    onSettled: () => {
      closeQueue(user.id)
      location.assign('/')
    },
  })
  return () => mutate()
}
