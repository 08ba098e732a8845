import type { Explanation } from '../api/explain.ts'

/** A reason on our side not to send: final, unlike a request that failed. */
export class Refusal extends Error {
  readonly explanation: Explanation
  /** The file is not the one that began this upload, so only a new upload helps. */
  readonly changed: boolean

  constructor(explanation: Explanation, changed = false) {
    super(explanation.reason)
    this.name = 'Refusal'
    this.explanation = explanation
    this.changed = changed
  }
}

export const fileChanged = () =>
  new Refusal(
    {
      reason: 'This file changed since the upload began',
      advice: 'Nothing was sent. Start anew to upload the file as it is now.',
    },
    true,
  )

export const fileUnreadable = () =>
  new Refusal({
    reason: 'The browser can no longer read this file',
    advice: 'It was changed, moved or removed. Remove it here and pick it again.',
  })
