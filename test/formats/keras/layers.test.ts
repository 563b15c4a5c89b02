/** Every layer of Keras 3, as `.keras` and as `.h5`, against what Keras itself computes and counts (`make-keras-layers.py`). */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import type { Model } from '../../../formats/format.js'
import { REFUSED_LAYERS } from '../../../formats/keras/refused-layers.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { countGraph } from '../../../src/operators/count.js'
import { runOnce } from '../../helpers/run-once.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'

interface Case {
  readonly parameters: number
  readonly trainable: number
  readonly refused?: true
  /** Where Keras computes in half precision. */
  readonly tolerance?: number
  readonly outputs?: readonly Output[]
  /** Where the files lie in the pack, bytes: start and length. */
  readonly keras?: readonly [number, number]
  readonly h5?: readonly [number, number]
}
interface Head {
  /** Public classes of `keras.layers`, found by introspection. */
  readonly layers: readonly string[]
  /** Classes in the models that are computed. */
  readonly covered: readonly string[]
  readonly cases: Readonly<Record<string, Case>>
}
interface Output {
  readonly shape: readonly number[]
  readonly values: readonly (number | null)[]
}

const pack = brotliDecompressSync(readFileSync(fileURLToPath(new URL('../../golden/keras-layers.br', import.meta.url))))
const headLength = pack.readUInt32LE(0)
const head: Head = JSON.parse(pack.toString('utf8', 4, 4 + headLength))
const folder = temporaryFolder()
const files = Object.entries(head.cases).flatMap(([name, one]) =>
  (['keras', 'h5'] as const).flatMap((kind) =>
    one[kind] === undefined ? [] : [{ name, kind, one, place: one[kind] }],
  ),
)
const computed = files.filter(({ one }) => one.refused === undefined)
const refused = files.filter(({ one }) => one.refused === true)
/** Classes of `keras.layers` that are no layers of their own. */
const NO_LAYERS = ['InputSpec', 'Layer', 'Wrapper']

/** Of the values' own order, at least of 1: float32 against float32, summed in another order. */
const TOLERANCE = 1e-5

function unpack(kind: 'keras' | 'h5', [start, length]: readonly [number, number]): string {
  const path = join(folder, `${start}.${kind}`)
  const from = 4 + headLength + start
  writeFileSync(path, pack.subarray(from, from + length))
  return path
}

/** The inputs that the script gives: batch 2, other free sizes 5. */
function inputsOf(model: Model): Map<string, Tensor> {
  return new Map(model.inputs.map((input, index) => [input.name, ramp(input, index)]))
}

function ramp({ name, type }: Model['inputs'][number], index: number): Tensor {
  if (type?.kind !== 'tensor' || type.shape === undefined) throw new Error(`${name} is no tensor`)
  const shape = type.shape.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 2 : 5))
  const length = shape.reduce((product, size) => product * size, 1)
  const whole = (at: number) => (at * 7) % 5
  const { dtype } = type
  if (dtype === 'bool')
    return { dtype, shape, data: Uint8Array.from({ length }, (_, at) => Number(whole(at) !== index % 5)) }
  if (dtype === 'uint8') return { dtype, shape, data: Uint8Array.from({ length }, (_, at) => whole(at)) }
  if (dtype === 'int32') return { dtype, shape, data: Int32Array.from({ length }, (_, at) => whole(at)) }
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from({ length }, (_, at) => BigInt(whole(at))) }
  return { dtype, shape, data: Float32Array.from({ length }, (_, at) => Math.sin(0.37 * at + index)) }
}

const outputsOf = (model: Model) => runOnce(model, inputsOf(model))

/** Largest distance, in parts of the larger of 1 and the value. */
function farthest(found: readonly Output[], expected: readonly Output[]): number {
  const distances = expected.flatMap(({ values }, output) =>
    values.map((value, at) => distance(found[output]?.values[at] ?? Number.NaN, value)),
  )
  return Math.max(0, ...distances)
}

/** What is no finite number must be none in both. */
function distance(found: number, expected: number | null): number {
  if (expected === null) return Number.isFinite(found) ? Number.POSITIVE_INFINITY : 0
  const apart = Math.abs(found - expected) / Math.max(1, Math.abs(expected))
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart
}

const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

// CLAIMS
test.each(computed)(
  '$name: .$kind computes what Keras computes, with as many parameters',
  async ({ kind, one, place }) => {
    const model = await open(unpack(kind, place))
    const found = await outputsOf(model)
    const expected = one.outputs ?? []
    expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
    expect(farthest(found, expected)).toBeLessThan(one.tolerance ?? TOLERANCE)
    const counts = model.graph && countGraph(model.graph).counts.parameters
    expect(counts).toMatchObject({ total: one.parameters, trainable: one.trainable })
  },
)

test.each(refused)('$name: .$kind is refused by name, with the way out', async ({ kind, place }) => {
  await expect(open(unpack(kind, place))).rejects.toMatchObject({
    code: 'E_KERAS_LAYER',
    message: expect.stringMatching(/^layer ".+" \(\w+\): /),
    hint: expect.stringMatching(/--plugin.*registerKerasLayer/),
  })
})

test('every public layer of Keras is computed, or refused for a reason', () => {
  const known = new Set([...head.covered, ...REFUSED_LAYERS.keys(), ...NO_LAYERS])
  expect(head.layers.filter((name) => !known.has(name))).toEqual([])
})
