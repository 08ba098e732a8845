import { connect, type Socket } from 'node:net'

export interface Response {
  status: number
  headers: Map<string, string>
  body: string
}

/** One keep-alive connection that speaks just enough HTTP/1.1 to load a server without loading the machine. */
export class Connection {
  readonly #socket: Socket
  #text = ''
  #waiting: ((response: Response) => void) | null = null
  #failed: ((error: Error) => void) | null = null
  /** the answer under way is to a HEAD: it has no body, whatever its length says */
  #head = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes) => this.#read(bytes.toString('latin1')))
    socket.on('error', (error) => this.#failed?.(error))
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')))
  }

  static open(origin: string): Promise<Connection> {
    const { hostname, port } = new URL(origin)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  /** Sends a request; `length` bytes of `block`, over and over, are its body. */
  async request(
    method: string,
    path: string,
    headers: Record<string, string | number>,
    length = 0,
    block: Buffer = Buffer.alloc(0),
  ): Promise<Response> {
    this.#head = method === 'HEAD'
    const answer = new Promise<Response>((resolve, reject) => {
      this.#waiting = resolve
      this.#failed = reject
    })
    const lines = Object.entries({ host: 'bench', 'content-length': length, ...headers })
    const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`
    if (length > 0 && length <= block.length) {
      this.#socket.write(Buffer.concat([Buffer.from(head), block.subarray(0, length)]))
      return answer
    }
    this.#socket.write(head)
    for (let sent = 0; sent < length; sent += block.length) {
      const piece = block.subarray(0, Math.min(block.length, length - sent))
      if (!this.#socket.write(piece)) await new Promise((resolve) => this.#socket.once('drain', resolve))
    }
    return answer
  }

  close(): void {
    this.#failed = null
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const [first = '', ...lines] = this.#text.slice(0, end).split('\r\n')
    const headers = new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    const rest = this.#text.slice(end + 4)
    const length = this.#head ? 0 : lengthOf(headers, rest)
    if (length === null || rest.length < length) return
    const body = rest.slice(0, length)
    this.#text = rest.slice(length)
    const status = Number(first.split(' ')[1])
    if (status < 200) this.#read('')
    else this.#waiting?.({ status, headers, body })
  }
}

/** Bytes of the body; null while its end is not known yet. */
function lengthOf(headers: Map<string, string>, rest: string): number | null {
  if (headers.get('transfer-encoding') !== 'chunked') return Number(headers.get('content-length') ?? 0)
  const end = rest.indexOf('0\r\n\r\n')
  return end < 0 ? null : end + 5
}
