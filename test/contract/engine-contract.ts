/** What every engine must keep to, whatever it runs on. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Model } from '../../formats/format.js'
import { GreenbenchError } from '../../src/core/errors.js'
import type { Engine, Session } from '../../src/engines/engine.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { numbersOf } from '../helpers/model-files.js'

/** An engine with a model for it: input `x` float32 `[N, 2]`, output `y` of the same shape, each element doubled. */
export interface EngineFixture {
  readonly engine: Engine
  readonly doubling: Model
}

const batch = (...values: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
})

/** Runs the claims against one engine. */
export function engineContract(name: string, { engine, doubling }: EngineFixture): void {
  const sessions: Session[] = []
  afterAll(async () => {
    await Promise.all(sessions.map((session) => session.close()))
  })
  const load = async (): Promise<Session> => {
    const session = await engine.load(doubling, { threads: 1, batchSize: 1 })
    sessions.push(session)
    return session
  }
  const bind = async (x: Tensor) => (await load()).bind(new Map([['x', x]]))

  describe(`engine ${name}`, () => {
    test('says what really ran', async () => {
      const { info } = await load()
      expect(info).toMatchObject({ name: expect.stringMatching(/./), version: expect.stringMatching(/./), threads: 1 })
    })

    test('knows the inputs and outputs of the model', async () => {
      const { inputs, outputs } = await load()
      expect([inputs, outputs].map((values) => values.map((value) => value.name))).toEqual([['x'], ['y']])
    })

    test('gives outputs by name, with type and shape', async () => {
      const run = await bind(batch(1, 2))
      await run.run()
      expect(run.outputs().get('y')).toMatchObject({ dtype: 'float32', shape: [1, 2] })
      expect(numbersOf(run.outputs().get('y'))).toEqual([2, 4])
    })

    test('gives the same outputs each time', async () => {
      const run = await bind(batch(3, 4))
      for (const _ of [1, 2, 3]) {
        await run.run()
        expect(numbersOf(run.outputs().get('y'))).toEqual([6, 8])
      }
    })

    test('uses the arrays of its inputs in place', async () => {
      const x = batch(1, 1)
      const run = await bind(x)
      await run.run()
      if (x.data instanceof Float32Array) x.data.set([5, 6])
      await run.run()
      expect(numbersOf(run.outputs().get('y'))).toEqual([10, 12])
    })

    test('has no outputs before its first run', async () => {
      expect((await bind(batch(1, 2))).outputs().size).toBe(0)
    })

    test('refuses to bind without a value for each input', async () => {
      const session = await load()
      expect(() => session.bind(new Map())).toThrow(GreenbenchError)
      expect(() => session.bind(new Map())).toThrow(/\bx\b/)
    })

    test('can be closed twice', async () => {
      const session = await load()
      await session.close()
      await expect(session.close()).resolves.toBeUndefined()
    })
  })
}
