// The processes the launcher starts: signals go to them, their exit codes come back.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))

/** A reason to give up that is told to the user as it is. */
export class Refusal extends Error {}

/** A signal came while the verb was still being prepared. */
export class Ended extends Error {
  constructor(signal) {
    super(`ended by ${signal}`)
    this.code = 128 + os.constants.signals[signal]
  }
}

export const say = (text) => process.stderr.write(`slipway: ${text}\n`)

const children = new Set()
let stoppedBy

export function stop(signal) {
  stoppedBy = stoppedBy || signal
  for (const child of children) child.kill(signal)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to the children itself; a second one would cut their draining short.
    if (signal === 'SIGINT' && process.stdin.isTTY && children.size > 0) stoppedBy = signal
    else stop(signal)
  })
}

export const wasStopped = () => stoppedBy !== undefined

/** Our parent and, when that is the shell npm runs scripts with, the parent of the shell: npm. */
function ancestors() {
  try {
    const [, name, shellParent] = /\((.*)\) \S (\d+)/.exec(
      fs.readFileSync(`/proc/${process.ppid}/stat`, 'utf8'),
    )
    return name.endsWith('sh') ? `${process.ppid} ${shellParent}` : `${process.ppid}`
  } catch {
    return `${process.ppid}`
  }
}

/** Under npm, a killed npm leaves us behind without a signal: notice it and end what we started. */
export function followParent() {
  if (!process.env.npm_lifecycle_event) return
  const before = ancestors()
  const watch = setInterval(() => {
    if (ancestors() === before) return
    clearInterval(watch)
    stop('SIGTERM')
  }, 500)
  watch.unref()
}

export function run(command, args, options = {}) {
  if (stoppedBy) return Promise.reject(new Ended(stoppedBy))
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options })
    children.add(child)
    child.on('error', (cause) => {
      children.delete(child)
      reject(cause)
    })
    child.on('exit', (code, signal) => {
      children.delete(child)
      resolve(signal ? 128 + os.constants.signals[signal] : code)
    })
  })
}

/** A step of preparation: its output goes to stderr, so that stdout stays the server's own. */
export async function prepare(command, args, options = {}) {
  const code = await run(command, args, { stdio: ['ignore', 2, 2], ...options })
  if (stoppedBy) throw new Ended(stoppedBy)
  return code
}

export function environment(node, extra = {}) {
  const env = { ...process.env, ...extra }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
  env[key] = [path.dirname(node), env[key]].filter(Boolean).join(path.delimiter)
  return env
}

export function npm(node, args) {
  const env = environment(node)
  const own = process.env.npm_execpath
  if (own && /^np[mx]-cli\.c?js$/.test(path.basename(own))) {
    return prepare(node, [path.join(path.dirname(own), 'npm-cli.js'), ...args], { env })
  }
  return prepare('npm', args, { env, shell: process.platform === 'win32' }).catch((cause) => {
    if (cause.code === 'ENOENT') throw new Refusal('npm was not found: install it, or start with "npm start"')
    throw cause
  })
}
