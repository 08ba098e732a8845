/**
 * `npm run bench`: the product as it ships (SHA-256, fsync before every acknowledgement, FULL commits, authentication)
 * beside stock `@tus/server` with its file store, which neither hashes nor syncs. Every round runs each case on both, in
 * shuffled order; ratios are of medians. Ratios within one run are findings, absolute figures are not.
 *
 *   npm run bench -- [--rounds 5] [--size 1024] [--large 10240] [--folder DIR]     sizes in MiB
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, chunked, parallel, single, small } from './cases.ts'
import { chunkOrder, completion, growth, median, scale } from './own.ts'
import { type Peer, startPeer } from './peers.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    size: { type: 'string', default: '1024' },
    large: { type: 'string', default: '10240' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const rounds = Number(values.rounds)
const size = Number(values.size)

interface Sample {
  rate: number
  cpu: number
  peak: number
}

const names = ['slipway', 'stock'] as const
const spread = (all: number[]): number => ((Math.max(...all) - Math.min(...all)) / median(all)) * 100

async function measure(one: Case, name: Peer['name'], base: string): Promise<Sample> {
  const peer = await startPeer(name, base)
  try {
    await one.run({ ...peer, name })
    await peer.resetPeak()
    const before = await peer.cpu()
    const { amount, seconds } = await one.run(peer)
    return { rate: amount / seconds, cpu: (await peer.cpu()) - before, peak: await peer.peak() }
  } finally {
    await peer.stop()
  }
}

/** SHA-256 of what is in memory: the floor under every figure of a server that hashes. */
function floor(): number {
  const bytes = Buffer.alloc(64 * 1024 * 1024, 7)
  const start = performance.now()
  for (let i = 0; i < 8; i += 1) createHash('sha256').update(bytes).digest()
  return 512 / ((performance.now() - start) / 1000)
}

async function main(): Promise<void> {
  const base = await mkdtemp(join(values.folder, 'slipway-bench-'))
  const cases = [single(size), chunked(size), parallel(64, 16), small(2000, 16)]
  console.log(
    `${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}, ${rounds} rounds`,
  )
  console.log(`SHA-256 alone: ${floor().toFixed(0)} MiB/s on one core\n`)
  console.log(
    '| case | slipway | spread | stock | spread | ratio | CPU s slipway / stock | peak MiB slipway / stock |',
  )
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
  try {
    for (const one of cases) {
      const samples: Record<Peer['name'], Sample[]> = { slipway: [], stock: [] }
      for (let round = 0; round < rounds; round += 1) {
        for (const name of names.toSorted(() => Math.random() - 0.5)) {
          samples[name].push(await measure(one, name, base))
        }
      }
      const of = (name: Peer['name'], what: keyof Sample): number[] =>
        samples[name].map((sample) => sample[what])
      const [ours, stock] = [of('slipway', 'rate'), of('stock', 'rate')]
      const pair = (what: 'cpu' | 'peak', digits: number): string =>
        names.map((name) => median(of(name, what)).toFixed(digits)).join(' / ')
      console.log(
        `| ${one.name} | ${median(ours).toFixed(0)} ${one.unit} | ${spread(ours).toFixed(0)} % | ${median(stock).toFixed(0)} | ${spread(stock).toFixed(0)} % | ${(median(ours) / median(stock)).toFixed(2)} | ${pair('cpu', 2)} | ${pair('peak', 0)} |`,
      )
    }
    console.log()
    console.log(await chunkOrder(base, rounds, size))
    console.log(await completion(base, Number(values.large)))
    console.log(await growth(base, size, Number(values.large)))
    console.log(await scale(base))
  } finally {
    await rm(base, { recursive: true, force: true })
  }
  console.log(`\nload at the end ${loadavg()[0]?.toFixed(2)}`)
}

await main()
