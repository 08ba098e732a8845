import FindMyWay from 'find-my-way'
import type { Handler } from './exchange.ts'

type Method = 'DELETE' | 'GET' | 'HEAD' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT'

/** Claims a request by its path where no fixed one describes it, before fixed ones do; returns its handler or null. */
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
  readonly #matchers: Matcher[] = []

  /** `path` in find-my-way's form: `/files/:id`, `/nuxeo/*` */
  on(methods: Method | readonly Method[], path: string, handler: Handler): void {
    this.#router.on([methods].flat() as Method[], path, () => undefined, { handler, route: path })
  }

  match(matcher: Matcher): void {
    this.#matchers.push(matcher)
  }

  find(method: string, path: string): Match | null {
    for (const matcher of this.#matchers) {
      const handler = matcher(method, path)
      if (handler !== null) return { handler, route: 'matched', params: {} }
    }
    const found = this.#router.find(method as Method, path)
    if (found === null) return null
    return { ...(found.store as Pick<Match, 'handler' | 'route'>), params: found.params }
  }
}
