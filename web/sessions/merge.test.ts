import { expect, test } from 'vitest'
import type { Session } from '../api/types.ts'
import { merge } from './merge.ts'

const at = (minute: number) => `2026-03-01T12:0${minute}:00Z`
const session = (id: string, minute: number, some: Partial<Session> = {}) =>
  ({
    id,
    fileName: `${id}.txt`,
    status: 'UPLOADING',
    createdAt: at(minute),
    updatedAt: at(minute),
    ...some,
  }) as Session
const live = (...all: Session[]) => new Map(all.map((one) => [one.id, one]))

test('the newest word about a session counts', () => {
  const done = session('a', 1, { status: 'COMPLETED', updatedAt: at(3) })
  expect(merge([session('a', 1)], live(done), {})[0]?.status).toBe('COMPLETED')
  const old = session('a', 1, { status: 'INITIATED', updatedAt: at(0) })
  expect(merge([session('a', 1)], live(old), {})[0]?.status).toBe('UPLOADING')
})

test('what began since the list was asked for comes first', () => {
  const ids = merge([session('a', 1)], live(session('b', 2)), {}).map(({ id }) => id)
  expect(ids).toEqual(['b', 'a'])
})

test('an older session of another page is not pulled in', () => {
  expect(merge([session('b', 2)], live(session('a', 1)), {}).map(({ id }) => id)).toEqual(['b'])
})

test('the filter holds for live ones too', () => {
  const done = session('a', 1, { status: 'COMPLETED', updatedAt: at(3) })
  expect(merge([session('a', 1)], live(done), { status: 'UPLOADING' })).toEqual([])
  expect(merge([session('a', 1), session('b', 1)], live(), { q: 'B.TX' }).map(({ id }) => id)).toEqual(['b'])
})
