import FindMyWay from 'find-my-way'
import type { Handler } from './exchange.ts'

type Method = 'DELETE' | 'GET' | 'HEAD' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT'

/** Says by its path whether a request is a room's; returns the handler or null. */
export type Matcher = (method: string, path: string) => Handler | null

export interface Match {
  readonly handler: Handler
  /** the pattern it was found by */
  readonly route: string
  readonly params: Record<string, string | undefined>
}

/**
 * Routes that take or give bytes. They are answered in front of the web framework: nothing parses, buffers or wraps
 * their bodies.
 */
export class ByteRoutes {
  readonly #router = FindMyWay({ caseSensitive: true, maxParamLength: 8192 })
  readonly #first: Matcher[] = []
  readonly #last: Matcher[] = []

  /** `path` in find-my-way's form: `/files/:id`, `/nuxeo/*` */
  on(methods: Method | readonly Method[], path: string, handler: Handler): void {
    this.#router.on([methods].flat() as Method[], path, () => undefined, { handler, route: path })
  }

  /** For paths that no pattern describes: asked before every pattern, so it must claim nothing that is not its own. */
  claim(matcher: Matcher): void {
    this.#first.push(matcher)
  }

  /** For what no pattern took: other methods and unknown paths below a room's mount. */
  match(matcher: Matcher): void {
    this.#last.push(matcher)
  }

  find(method: string, path: string): Match | null {
    const claimed = ask(this.#first, method, path)
    if (claimed !== null) return claimed
    const found = this.#router.find(method as Method, path)
    if (found === null) return ask(this.#last, method, path)
    return { ...(found.store as Pick<Match, 'handler' | 'route'>), params: found.params }
  }
}

function ask(matchers: readonly Matcher[], method: string, path: string): Match | null {
  for (const matcher of matchers) {
    const handler = matcher(method, path)
    if (handler !== null) return { handler, route: 'matched', params: {} }
  }
  return null
}
