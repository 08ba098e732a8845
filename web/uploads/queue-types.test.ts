import { expect, test } from 'vitest'
import { type Consignment, namedApart } from './queue-types.ts'

const target = { table: 'C_Order', record: 'r1', name: 'SO-1', location: 'ATTACHMENT' } as const
const data = new Blob([])

function one(path: string | null, name: string, to: Consignment['target'] = target): Consignment {
  return { data, name, type: '', path, target: to }
}

const names = (batch: Consignment[]) => namedApart(batch).map(({ name }) => name)

test('files of one name in different folders are named by their path', () => {
  const batch = [
    one('a/x/list.txt', 'list.txt'),
    one('a/y/LIST.txt', 'LIST.txt'),
    one('a/other.txt', 'other.txt'),
  ]
  expect(names(batch)).toEqual(['a - x - list.txt', 'a - y - LIST.txt', 'other.txt'])
})

test('names stay where no record holds them, or where another one does', () => {
  expect(names([one('a/x.txt', 'x.txt', null), one('b/x.txt', 'x.txt', null)])).toEqual(['x.txt', 'x.txt'])
  const elsewhere = { ...target, record: 'r2' }
  expect(names([one('a/x.txt', 'x.txt'), one('b/x.txt', 'x.txt', elsewhere)])).toEqual(['x.txt', 'x.txt'])
})
