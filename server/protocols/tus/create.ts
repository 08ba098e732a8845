import type { NewSession } from '#sessions'
import type { Call } from './call.ts'

/** What a creation says, in the core's terms. `life` is in ms. */
export function newSession({ id, asked }: Call, life: number): NewSession {
  const { raw, fileName, contentType, declared, location, target } = asked.metadata
  return {
    protocol: 'tus',
    id,
    fileName,
    contentType,
    size: asked.length,
    declared,
    ...(location === undefined ? {} : { location }),
    target,
    partial: asked.concat?.kind === 'partial',
    attributes: {
      ...(raw === null ? {} : { metadata: raw }),
      ...(asked.concat?.kind === 'final' ? { concat: asked.concat.raw } : {}),
    },
    life: { ms: life, sliding: true },
  }
}
