import { describe, expect, test } from 'vitest'
import { GroupCommit, type Transactions } from './group-commit.ts'

/** A database that writes down what it is told, and fails where a test wants it to. */
class Recorder implements Transactions {
  readonly told: string[] = []
  readonly failing = new Map<string, Error>()
  #active = false

  begin = (): void => this.#tell('begin', true)
  commit = (): void => this.#tell('commit', false)
  rollback = (): void => {
    if (this.#active) this.#tell('rollback', false)
  }
  active = (): boolean => this.#active
  savepoint = (): void => this.#tell('savepoint')
  releaseSavepoint = (): void => this.#tell('release')
  rollbackToSavepoint = (): boolean => {
    if (!this.#active || this.failing.has('rollback to')) return false
    this.#tell('rollback to')
    return true
  }

  /** As SQLite does after an error of the disk. */
  undo(): void {
    this.#active = false
  }

  #tell(what: string, active = this.#active): void {
    this.told.push(what)
    const failure = this.failing.get(what)
    if (failure !== undefined) throw failure
    this.#active = active
  }
}

const full = new Error('disk full')
const fail = (error: Error) => (): Promise<never> => Promise.reject(error)
const after = async (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message)

describe('a commit of a group', () => {
  test('holds all that was asked for in one turn, and nobody is told before it is durable', async () => {
    const recorder = new Recorder()
    const group = new GroupCommit(recorder)
    const told: string[][] = []
    const writes = [1, 2, 3].map((number) =>
      group.write(async () => number).then(() => told.push([...recorder.told])),
    )

    await Promise.all(writes)

    expect(recorder.told.filter((one) => one === 'begin' || one === 'commit')).toEqual(['begin', 'commit'])
    expect(told.every((before) => before.includes('commit'))).toBe(true)
  })

  test('of one needs no savepoint', async () => {
    const recorder = new Recorder()
    const group = new GroupCommit(recorder)
    await group.write(async () => 1)
    await expect(group.write(fail(full))).rejects.toBe(full)
    expect(recorder.told).toEqual(['begin', 'commit', 'begin', 'rollback'])
  })

  test('undoes one that throws, alone', async () => {
    const recorder = new Recorder()
    const group = new GroupCommit(recorder)
    const outcomes = [group.write(async () => 1), group.write(fail(full)), group.write(async () => 3)].map(
      after,
    )
    expect(await Promise.all(outcomes)).toEqual(['1', 'disk full', '3'])
    expect(recorder.told).toEqual([
      'begin',
      ...['savepoint', 'release'],
      ...['savepoint', 'rollback to'],
      ...['savepoint', 'release'],
      'commit',
    ])
  })

  test('that the database undid by itself is lost for those before, and goes on for those after', async () => {
    const recorder = new Recorder()
    const group = new GroupCommit(recorder)
    const undone = async (): Promise<never> => {
      recorder.undo()
      throw full
    }
    const outcomes = [group.write(async () => 1), group.write(undone), group.write(async () => 3)].map(after)
    expect(await Promise.all(outcomes)).toEqual(['disk full', 'disk full', '3'])
    expect(recorder.told.slice(-4)).toEqual(['begin', 'savepoint', 'release', 'commit'])
  })

  test('whose savepoint cannot be undone is undone whole', async () => {
    const recorder = new Recorder()
    recorder.failing.set('rollback to', full)
    const group = new GroupCommit(recorder)
    const outcomes = [group.write(async () => 1), group.write(fail(new Error('mine')))].map(after)
    expect(await Promise.all(outcomes)).toEqual(['mine', 'mine'])
    expect(recorder.told).not.toContain('commit')
    expect(recorder.active()).toBe(false)
  })

  test.each(['begin', 'commit'])(
    'that cannot %s fails for all of it, and the next one works',
    async (step) => {
      const recorder = new Recorder()
      const group = new GroupCommit(recorder)
      recorder.failing.set(step, full)
      const outcomes = [group.write(async () => 1), group.write(async () => 2)].map(after)
      expect(await Promise.all(outcomes)).toEqual(['disk full', 'disk full'])
      expect(recorder.active()).toBe(false)

      recorder.failing.clear()
      expect(await group.write(async () => 3)).toBe(3)
    },
  )

  test('writes asked for during one are in the next', async () => {
    const recorder = new Recorder()
    const group = new GroupCommit(recorder)
    let second: Promise<number> | undefined
    await group.write(async () => {
      second = group.write(async () => 2)
    })
    await group.settled()
    expect(await second).toBe(2)
    expect(recorder.told).toEqual(['begin', 'commit', 'begin', 'commit'])
  })
})
