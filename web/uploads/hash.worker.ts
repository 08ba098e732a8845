import { sha256Of } from './hash.ts'

export interface HashOrder {
  blob: Blob
  checkpoint?: number | undefined
}

export type HashReport =
  | { kind: 'progress'; hashed: number }
  | { kind: 'checkpoint'; sha256: string }
  | { kind: 'done'; sha256: string }
  | { kind: 'failed'; unreadable: boolean; message: string }

const REPORT_EVERY = 100

async function work({ blob, checkpoint }: HashOrder): Promise<void> {
  let reported = 0
  const sha256 = await sha256Of(blob, {
    checkpoint,
    onCheckpoint: (digest) => report({ kind: 'checkpoint', sha256: digest }),
    onProgress: (hashed) => {
      const now = Date.now()
      if (now - reported < REPORT_EVERY) return
      reported = now
      report({ kind: 'progress', hashed })
    },
  })
  report({ kind: 'done', sha256 })
}

function report(message: HashReport): void {
  self.postMessage(message)
}

self.addEventListener('message', (event: MessageEvent<HashOrder>) => {
  work(event.data).catch((error: unknown) =>
    report({
      kind: 'failed',
      unreadable: error instanceof DOMException,
      message: error instanceof Error ? error.message : String(error),
    }),
  )
})
