// Runs every verb of package.json. Plain JavaScript without dependencies, because it is what brings the
// dependencies, and the Node that runs the rest, to a machine that has only some older Node.

import fs from 'node:fs'
import { buildWeb, findRuntime, inRoot, installPackages, major, VITE, WANTED } from './launch/prepare.mjs'
import { Ended, environment, followParent, Refusal, run, say, stop, wasStopped } from './launch/processes.mjs'

const OLDEST_LAUNCHER = 20
const BENCH = 'e2e/bench/main.ts'
const VITEST = 'node_modules/vitest/vitest.mjs'

/** web: needs the built web app. commands: one after the other, each is run and the first bad exit counts. */
const VERBS = {
  // A small young generation frees the buffers that bodies come in soon and cheaply: a large one lets them pile up until
  // V8 collects the whole heap, again and again while one file is received.
  start: { web: true, commands: [['--max-semi-space-size=2', 'server/main.ts']] },
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

async function runCommands(node, { commands, together }, args) {
  // Compiled modules are kept beside the runtime: a start takes less time and 30 MiB less memory.
  const env = environment(node, { NODE_COMPILE_CACHE: inRoot('.runtime/compile-cache') })
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
    if (wasStopped()) break
  }
  return result
}

async function main([name, ...args]) {
  if (major(process.versions.node) < OLDEST_LAUNCHER) {
    throw new Refusal(
      `this is Node ${process.versions.node}: install Node ${WANTED} or newer ` +
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
