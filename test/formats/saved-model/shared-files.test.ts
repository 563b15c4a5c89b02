import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { countGraph } from '../../../src/operators/count.js'
import { runOnce } from '../../helpers/saved-model.js'
import { describeWithSharedData, sharedPath } from '../../helpers/shared-data.js'

const golden: Record<string, number[]> = JSON.parse(
  readFileSync(new URL('../../golden/saved-model.json', import.meta.url), 'utf8'),
)
const open = (name: string, signature?: string) =>
  ModelFactory.withPredefinedFormats().open(
    sharedPath('savedmodel', name),
    signature === undefined ? {} : { signature },
  )

/** The same values as in the script that made the golden file. */
function madeUp(...shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: count }, (_, index) => (((index * 37) % 101) - 50) / 50),
  }
}

const floats = (...values: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape: [values.length, 1],
  data: Float32Array.from(values),
})

function count({ graph }: Awaited<ReturnType<typeof open>>) {
  if (graph === undefined) throw new Error('the model has no graph')
  return countGraph(graph, { batchSize: 1 }).counts
}

describeWithSharedData('SavedModels that others have made', () => {
  // Single precision, some thirty layers: sums in another order differ in the seventh digit.
  test.each<[string, string, Tensor]>([
    ['mlcommons__tiny__kws_ref_model', 'input_1', madeUp(2, 49, 10, 1)],
    ['dotnet__machinelearning-testdata__cifar_saved_model', 'Input', madeUp(2, 32, 32, 3)],
  ])('%s computes what PyTorch does', async (name, input, tensor) => {
    const outputs = await runOnce(await open(name), { [input]: tensor })
    const expected = golden[name] ?? []
    expect(outputs).toHaveLength(expected.length)
    for (const [index, value] of outputs.entries()) expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 5)
  })

  // 8 or 64 filters and so on, as the checkpoint's variables have them: optimizer and metrics are not of the model.
  test.each<[string, { total: number; nonTrainable: number }, number]>([
    ['mlcommons__tiny__kws_ref_model', { total: 24_908, nonTrainable: 1152 }, 2_656_768],
    [
      'dotnet__machinelearning-testdata__cifar_saved_model',
      { total: 7 * 7 * 3 * 32 + 32 + 5408 * 10 + 10, nonTrainable: 0 },
      849_056,
    ],
    ['tensorflow__serving__saved_model_half_plus_two_cpu', { total: 2, nonTrainable: 0 }, 0],
    ['onnx__tensorflow-onnx__saved_model_with_redundant_inputs', { total: 0, nonTrainable: 0 }, 0],
    ['tensorflow__tfjs__model_multi_output', { total: 1, nonTrainable: 0 }, 0],
  ])('%s has the parameters of its checkpoint', async (name, parameters, macs) => {
    expect(count(await open(name))).toMatchObject({ parameters, macs })
  })

  test('batch normalisation is one operator', async () => {
    const nodes = (await open('mlcommons__tiny__kws_ref_model')).graph?.main.nodes ?? []
    expect(nodes.filter(({ operator }) => operator === 'BatchNormalization')).toHaveLength(9)
    expect(nodes.filter(({ operator }) => operator === 'Transpose').length).toBeLessThanOrEqual(2)
  })

  test('half plus two', async () => {
    expect(
      await runOnce(await open('tensorflow__serving__saved_model_half_plus_two_cpu'), { x: floats(1, 4) }),
    ).toEqual([2.5, 4])
  })

  test('a signature may feed the result of a node', async () => {
    const model = await open('tensorflow__serving__saved_model_half_plus_two_cpu', 'regress_x2_to_y3')
    expect(await runOnce(model, { inputs: floats(1, 4) })).toEqual([3.5, 5])
  })

  test.each<[string, string | undefined, string, string]>([
    ['tensorflow__java__saved_model_using_python', undefined, 'E_SIGNATURE_CHOICE', 'several signatures'],
    ['tensorflow__java__saved_model_using_python', 'ad', 'E_SIGNATURE', 'no signature "ad"'],
    ['tensorflow__serving__saved_model_counter', 'incr_counter', 'E_TF_STATE', 'AssignAdd "incr_counter_op/AssignAdd"'],
    ['tensorflow__serving__saved_model_half_plus_two_cpu', 'regress_x_to_y', 'E_TF_OPERATOR', 'ParseExample'],
  ])('%s with the signature %s is refused', async (name, signature, code, message) => {
    await expect(open(name, signature)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/./),
    })
  })

  test.each(['add', 'get_const_matrix', 'get_const_scalar', 'get_const_vector', 'get_variable'])(
    'the signature %s of several is read',
    async (signature) => {
      expect((await open('tensorflow__java__saved_model_using_python', signature)).outputs).toMatchObject([
        { name: 'output_0' },
      ])
    },
  )
})
