/** Keras files and SavedModels of others against what TensorFlow computes with them (`test/golden/make-shared-outputs.py`). */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import type { Model } from '../../formats/format.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'

type Outputs = readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[]
/** `refused` where TensorFlow cannot load the file, with its reason. */
type Golden = Readonly<Record<string, { readonly outputs?: Outputs; readonly refused?: string }>>

const golden: { readonly h5: Golden; readonly savedmodel: Golden } = JSON.parse(
  readFileSync(new URL('../golden/shared-outputs.json', import.meta.url), 'utf8'),
)
const computed = (files: Golden) =>
  Object.entries(files).flatMap(([name, { outputs }]): [string, Outputs][] =>
    outputs === undefined ? [] : [[name, outputs]],
  )
/** float32 on both sides, values of the order of 1. */
const TOLERANCE = 2e-6

/** The values that the script makes: batch 2, other free sizes 5. */
function madeUp(model: Model): Map<string, Tensor> {
  const sorted = model.format === 'keras' ? model.inputs : model.inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return new Map(
    sorted.map(({ name, type }, index) => {
      if (type?.kind !== 'tensor') throw new Error(`${name} is no tensor`)
      const shape = (type.shape ?? [2]).map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 2 : 5))
      const length = shape.reduce((product, size) => product * size, 1)
      const data =
        type.dtype === 'int32'
          ? Int32Array.from({ length }, (_, at) => (at * 7) % 5)
          : Float32Array.from({ length }, (_, at) => Math.sin(0.37 * at + index))
      return [name, { dtype: type.dtype, shape, data }]
    }),
  )
}

async function outputsOf(model: Model): Promise<Outputs> {
  const session = await onnxRuntimeEngine().load(model, { threads: 1 })
  try {
    const run = session.bind(madeUp(model))
    await run.run()
    const found = [...run.outputs()]
    if (model.format !== 'keras') found.sort(([left], [right]) => (left < right ? -1 : 1))
    return found.map(([, { shape, data }]) => ({ shape, values: Array.from(data, Number) }))
  } finally {
    await session.close()
  }
}

function expectSame(found: Outputs, expected: Outputs): void {
  expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  const distances = expected.flatMap(({ values }, output) =>
    values.map((value, at) => Math.abs(value - (found[output]?.values[at] ?? Number.NaN))),
  )
  expect(Math.max(...distances)).toBeLessThan(TOLERANCE)
}

describeWithSharedData('what TensorFlow computes', () => {
  test.each(computed(golden.h5))('%s', async (file, expected) => {
    expectSame(await outputsOf(await ModelFactory.withPredefinedFormats().open(sharedPath('h5', file))), expected)
  })

  test.each(computed(golden.savedmodel))('%s', async (name, expected) => {
    const [folder = '', signature = ''] = name.split(' ')
    const path = sharedPath('savedmodel', folder)
    expectSame(await outputsOf(await ModelFactory.withPredefinedFormats().open(path, { signature })), expected)
  })
})
