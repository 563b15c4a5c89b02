import { describe, expect, test } from 'vitest'
import { BatchPool, poolCapacity, tensorBytes } from '../../benchmarks/batch-pool.js'
import { seededRandom } from '../../src/core/random.js'
import type { BoundRun } from '../../src/engines/engine.js'

const MEBIBYTE = 2 ** 20
const runs = (count: number): BoundRun[] =>
  Array.from({ length: count }, () => ({ run: () => Promise.resolve(), outputs: () => new Map() }))

function poolOf(offered: readonly BoundRun[], bytes: number, seed = 1): readonly BoundRun[] {
  const pool = new BatchPool(seededRandom(seed))
  for (const run of offered) pool.offer(run, bytes)
  return pool.take().runs
}

describe('pool of batches', () => {
  test('keeps all while they are few', () => {
    const offered = runs(10)
    expect(poolOf(offered, MEBIBYTE)).toEqual(offered)
  })

  test('never holds more than 256 MiB, nor more than 64 batches, and always one', () => {
    expect([1, MEBIBYTE, 8 * MEBIBYTE, 1000 * MEBIBYTE].map(poolCapacity)).toEqual([64, 64, 32, 1])
    expect(poolOf(runs(500), 64 * MEBIBYTE)).toHaveLength(4)
    expect(poolOf(runs(3), 1000 * MEBIBYTE)).toHaveLength(1)
  })

  test('shrinks when a later batch turns out larger', () => {
    const pool = new BatchPool(seededRandom(1))
    for (const run of runs(20)) pool.offer(run, 1)
    for (const run of runs(1)) pool.offer(run, 128 * MEBIBYTE)
    expect(pool.take().runs).toHaveLength(2)
  })

  test('gives each batch the same chance', () => {
    const offered = runs(8)
    const kept = offered.map(() => 0)
    for (let seed = 0; seed < 2000; seed++) {
      for (const run of poolOf(offered, 128 * MEBIBYTE, seed))
        kept[offered.indexOf(run)] = (kept[offered.indexOf(run)] ?? 0) + 1
    }
    // 2 of 8 each time: 500 expected, standard deviation 19.
    expect(Math.min(...kept)).toBeGreaterThan(420)
    expect(Math.max(...kept)).toBeLessThan(580)
  })

  test('bytes are those of the elements', () => {
    const numbers = { dtype: 'float32', shape: [3], data: new Float32Array(3) } as const
    expect(tensorBytes([numbers, { dtype: 'string', shape: [1], data: ['a'] }])).toBe(12 + 16)
  })
})
