import { Problem } from './problem.ts'

/** What went wrong in plain words, and what the reader can do about it. */
export interface Explanation {
  reason: string
  advice: string
}

const BY_CODE: Record<string, Explanation> = {
  unauthenticated: { reason: 'You are signed out', advice: 'Sign in again; nothing is lost.' },
  forbidden: {
    reason: 'Your role may read here, but not change anything',
    advice: 'Ask an administrator for the role "user".',
  },
  'cross-site': {
    reason: 'The request came from another site and was refused',
    advice: 'Open Slipway at its own address and try again.',
  },
  'not-found': {
    reason: 'It is not there any more',
    advice: 'It may have been removed meanwhile. Reload the page.',
  },
  'too-large': {
    reason: 'The file is larger than this server accepts',
    advice: 'Make it smaller, or ask an administrator to raise the limit.',
  },
  throttled: { reason: 'Too many wrong attempts', advice: 'Wait a minute, then try again.' },
  expired: {
    reason: 'The upload waited too long and has expired',
    advice: 'Add the file again to start anew.',
  },
  conflict: { reason: 'It has changed meanwhile', advice: 'Reload the page and look again.' },
}

const BY_STATUS: Record<number, Explanation> = {
  0: {
    reason: 'The server cannot be reached',
    advice: 'Check the network. This page tries again by itself.',
  },
  401: BY_CODE.unauthenticated as Explanation,
  403: BY_CODE.forbidden as Explanation,
  404: BY_CODE['not-found'] as Explanation,
  410: BY_CODE.expired as Explanation,
  413: BY_CODE['too-large'] as Explanation,
  429: BY_CODE.throttled as Explanation,
  460: {
    reason: 'The bytes that arrived are not the bytes of your file',
    advice: 'Nothing was filed. Start anew; if it happens again, suspect the network or the disk.',
  },
  507: {
    reason: 'The server has no room left',
    advice: 'The upload goes on by itself once there is room. Tell an administrator.',
  },
}

export function explain(error: unknown): Explanation {
  if (!(error instanceof Problem)) return unexpected(error)
  const known = BY_CODE[error.code] ?? BY_STATUS[error.status]
  if (known) return known
  if (error.status >= 500)
    return {
      reason: 'The server had a fault of its own',
      advice: 'Try again in a moment. If it stays, tell an administrator.',
    }
  return { reason: sentence(error.message), advice: 'Correct it and try again.' }
}

function unexpected(error: unknown): Explanation {
  const text = error instanceof Error ? error.message : String(error)
  return { reason: sentence(text), advice: 'Reload the page; your uploads go on.' }
}

export function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '')
  if (trimmed === '') return 'Something went wrong'
  return trimmed[0]?.toUpperCase() + trimmed.slice(1)
}
