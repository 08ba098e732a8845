import type { Logger } from 'pino'

/** Does `work` again and again, `pause` ms after it ended; a failure is logged and does not end it. */
export function repeat(pause: number, log: Logger, work: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined
  let stopped = true
  let running: Promise<void> = Promise.resolve()
  const next = (): void => {
    if (!stopped) timer = setTimeout(run, pause).unref()
  }
  const run = (): void => {
    running = work()
      .catch((error: unknown) => log.error({ err: error }, 'background work failed'))
      .then(next)
  }
  return {
    start: (): void => {
      stopped = false
      next()
    },
    /** Resolves when what is under way has ended. */
    stop: (): Promise<void> => {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
