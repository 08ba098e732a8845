import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeByteStore } from './conformance.ts'
import { FileByteStore } from './file.ts'

describeByteStore('FileByteStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-store-'))
  return { store: new FileByteStore(folder), dispose: () => rm(folder, { recursive: true, force: true }) }
})
