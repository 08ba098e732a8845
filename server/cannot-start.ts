import { Refusal } from '#errors'

/** What keeps the server from starting and is not its own mistake; the message says what to do. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}

/** The message of the database says which file it is, what is wrong with it and what to do. */
export function withoutDatabase(cause: Error): never {
  throw new CannotStart(cause.message, { cause })
}

export function withoutAdministrator(userName: string): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof Refusal)) throw cause
    const why = `"${userName}" is not allowed: ${cause.message}`
    throw new CannotStart(`SLIPWAY_ADMIN_USER: ${why}`, { cause })
  }
}

/** Nobody can connect to `port` at `host`. */
export function withoutAddress(host: string, port: number): (cause: NodeJS.ErrnoException) => never {
  const noHost = `HOST: "${host}" is not an address of this machine; set it to one, such as 127.0.0.1 or 0.0.0.0`
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `PORT: ${port} is used by another program at ${host}; stop that one, or set PORT to another (0 picks a free one)`,
    EACCES: `PORT: this user may not listen on ${port}; set it to 1024 or more`,
    EADDRNOTAVAIL: noHost,
    ENOTFOUND: noHost,
    EAI_AGAIN: noHost,
  }
  return (cause) => {
    const reason = reasons[cause.code ?? '']
    throw reason === undefined ? cause : new CannotStart(reason, { cause })
  }
}
