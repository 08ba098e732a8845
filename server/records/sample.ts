import { randomUUID } from 'node:crypto'
import type { Core } from './core.ts'

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  C_BPartner: [
    'Nordlicht Schiffsbau GmbH',
    'Café Morgenrot',
    'Ibérica de Óptica S.L.',
    'Hartfield & Sons Joinery',
  ],
  C_Order: [
    'SO-2041 Hartfield & Sons, oak panels',
    'SO-2042 Café Morgenrot, espresso machine',
    'SO-2043 Nordlicht, propeller shaft',
  ],
  C_Invoice: [
    'INV-7718 Hartfield & Sons, October',
    'INV-7719 Ibérica de Óptica, lenses',
    'INV-7720 Nordlicht, first instalment',
  ],
  M_Product: [
    'Oak panel 2000 x 600 mm',
    'Espresso machine, two groups',
    'Propeller shaft, bronze',
    'Lens 50 mm',
  ],
}

/**
 * Puts a few sample records into a fresh database: one that has no table yet.
 * @returns false when it had
 */
export function sample(core: Core, tenant: string): Promise<boolean> {
  const now = core.clock.now()
  return core.db.write(async ({ records }) => {
    if ((await records.tables(tenant)).length > 0) return false
    for (const [table, names] of Object.entries(SAMPLES)) {
      if (!(await records.insertTable({ tenant, name: table, tree: false }))) continue
      for (const name of names)
        await records.insert({
          uid: randomUUID(),
          tenant,
          table,
          parent: null,
          name,
          kind: 'record',
          owner: null,
          fields: {},
          createdBy: 'Slipway',
          createdAt: now,
          updatedAt: now,
        })
    }
    return true
  })
}
