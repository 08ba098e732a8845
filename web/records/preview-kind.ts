import type { Entry } from '../api/types.ts'

export type PreviewKind = 'image' | 'pdf' | 'audio' | 'video' | 'text'

const IMAGES = new Set(['png', 'jpeg', 'gif', 'webp', 'avif', 'bmp'].map((type) => `image/${type}`))
const TEXTS = new Set(['application/json', 'application/xml', 'text/plain', 'text/csv', 'text/markdown'])

/** How a file can be looked at here. What could run as a script is never shown, only read as text. */
export function previewKind({ contentType }: Pick<Entry, 'contentType'>): PreviewKind | null {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (IMAGES.has(type)) return 'image'
  if (type === 'application/pdf') return 'pdf'
  if (type.startsWith('audio/')) return 'audio'
  if (type.startsWith('video/')) return 'video'
  return TEXTS.has(type) || type.startsWith('text/') ? 'text' : null
}

export const inline = (content: string) => `${content}${content.includes('?') ? '&' : '?'}inline=1`
