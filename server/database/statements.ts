import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Stands for a value that `Statements.run` is given by this name. */
export const slot = (name: string): never => name as never

/** Statements of the hot paths. Building and compiling one costs more than running it, so each is compiled once. */
export class Statements {
  readonly #compiled = new Map<string, CompiledQuery>()

  /**
   * Runs the statement known as `key`, which `build` makes when it is new.
   * @param build every value in it is a `slot`
   */
  async run<Row>(
    db: Kysely<Schema>,
    key: string,
    build: () => Compilable<Row>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<Row[]> {
    let compiled = this.#compiled.get(key) as CompiledQuery<Row> | undefined
    if (compiled === undefined) {
      compiled = build().compile()
      this.#compiled.set(key, compiled)
    }
    const parameters = compiled.parameters.map((name) => values[name as string])
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters })
    return rows
  }
}
