/** A session that writes where its caller says. */
import { expect, test } from 'vitest'
import { openInPlace } from '../../src/engines/in-place.js'
import { GraphBuilder } from '../../src/graph/index.js'

const COUNT = 1_000_000

function twoOutputs() {
  const builder = new GraphBuilder('two')
  const x = builder.input('x', 'float32', [COUNT])
  builder.output(builder.node('Neg', [x], {}, { outputs: ['negative'] }))
  builder.output(builder.node('ReduceMax', [x], {}, { outputs: ['largest'] }))
  return builder.build()
}

const open = () => openInPlace('two', twoOutputs(), { threads: 1 })
const shared = (session: Awaited<ReturnType<typeof open>>, data: Float32Array, shape = [data.length]) =>
  session.share('x', { dtype: 'float32', shape, data })

test('a run writes in place and gives what is fetched', async () => {
  const session = await open()
  const [x, y] = [new Float32Array(COUNT).fill(3), new Float32Array(COUNT)]
  const results = await session.run({ x: shared(session, x) }, { negative: shared(session, y) }, ['largest'])
  await session.close()
  expect([y[0], y[COUNT - 1]]).toEqual([-3, -3])
  expect([...results].map(([name, { data }]) => [name, data[0]])).toEqual([['largest', 3]])
})

test('what is written in place is not copied', async () => {
  const session = await open()
  const [x, y] = [shared(session, new Float32Array(COUNT)), shared(session, new Float32Array(COUNT))]
  await session.run({ x }, { negative: y }, [])
  const before = process.memoryUsage().arrayBuffers
  for (let run = 0; run < 3; run += 1) await session.run({ x }, { negative: y }, [])
  const grown = process.memoryUsage().arrayBuffers - before
  await session.close()
  expect(grown).toBeLessThan(4 * COUNT)
})

test('what is wrong with a run is told, and a right one works afterwards', async () => {
  const session = await open()
  const [x, y] = [shared(session, new Float32Array(COUNT).fill(1)), new Float32Array(COUNT)]
  const wrong = shared(session, new Float32Array(4))
  await expect(session.run({ x: wrong }, { negative: shared(session, y) }, [])).rejects.toThrow(/two/)
  const results = await session.run({ x }, { negative: shared(session, y) }, ['largest'])
  await session.close()
  expect([y[0], results.get('largest')?.data[0]]).toEqual([-1, 1])
})
