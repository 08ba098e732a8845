import { sha256 } from './files.ts'

/** A session as the API tells it, as far as the tests look. */
export interface Session {
  id: string
  protocol: string
  fileName: string
  size: number | null
  received: number
  sha256: string | null
  verified: boolean | null
  status: string
  uploadUrl: string | null
  target: { table: string; record: string; name: string } | null
}

export interface Entry {
  uid: string
  kind: string
  name: string
  size: number
  sha256: string
  links: { content: string }
}

export interface BusinessRecord {
  id: number
  uid: string
  table: string
  name: string
}

export const ADMIN = { userName: 'admin', password: 'a quiet harbour at dawn' }

/** The server seen from outside the browser, as the administrator. */
export class API {
  readonly #origin: () => string

  constructor(origin: () => string) {
    this.#origin = origin
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Basic ${btoa(`${ADMIN.userName}:${ADMIN.password}`)}`)
    return fetch(new URL(path, this.#origin()), { ...init, headers })
  }

  async #json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await this.fetch(`/api/slipway/v1${path}`, init)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  async sessions(q = ''): Promise<Session[]> {
    const found: Session[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ q, limit: '100', ...(cursor && { cursor }) })
      const page: { sessions: Session[]; nextCursor: string | null } = await this.#json(`/sessions?${query}`)
      found.push(...page.sessions)
      cursor = page.nextCursor
    }
    return found
  }

  /** The only session of that file name. */
  async sessionOf(fileName: string): Promise<Session> {
    const named = (await this.sessions(fileName)).filter((session) => session.fileName === fileName)
    const [session] = named
    if (named.length !== 1 || !session) throw new Error(`${named.length} sessions of ${fileName}`)
    return session
  }

  session(id: string): Promise<Session> {
    return this.#json(`/sessions/${id}`)
  }

  async received(fileName: string): Promise<number> {
    const named = (await this.sessions(fileName)).filter((session) => session.fileName === fileName)
    return named.reduce((sum, { received }) => sum + received, 0)
  }

  newRecord(name: string, table = 'C_Order'): Promise<BusinessRecord> {
    const headers = { 'content-type': 'application/json' }
    return this.#json(`/tables/${table}/records`, { method: 'POST', headers, body: JSON.stringify({ name }) })
  }

  async entries({ table, uid }: BusinessRecord): Promise<Entry[]> {
    return (await this.#json<{ entries: Entry[] }>(`/tables/${table}/records/${uid}/entries`)).entries
  }

  /** SHA-256 of what the server hands out under an address. */
  async digestOf(path: string): Promise<string> {
    const response = await this.fetch(path)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return sha256(new Uint8Array(await response.arrayBuffer()))
  }
}
