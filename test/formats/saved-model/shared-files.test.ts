import { expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { countGraph } from '../../../src/operators/count.js'
import { type GoldenCase, largestDifference, readArchive } from '../../helpers/golden-saved-models.js'
import { describeWithSharedData, sharedPath } from '../../helpers/shared-data.js'

const { cases } = readArchive('shared-saved-models.json.br')
const open = (name: string, signature?: string) =>
  ModelFactory.withPredefinedFormats().open(
    sharedPath('savedmodel', name),
    signature === undefined ? {} : { signature },
  )

const named = (golden: GoldenCase): [string, GoldenCase] => [`${golden.folder} ${golden.signature}`, golden]

function count({ graph }: Awaited<ReturnType<typeof open>>) {
  if (graph === undefined) throw new Error('the model has no graph')
  return countGraph(graph, { batchSize: 1 }).counts
}

describeWithSharedData('SavedModels that others have made', () => {
  // Single precision, some thirty layers: sums in another order differ in the seventh digit.
  test.each(cases.filter(({ refused }) => refused === undefined).map(named))(
    '%s computes what TensorFlow does',
    async (_, golden) => {
      expect(await largestDifference(await open(golden.folder, golden.signature ?? undefined), golden)).toBeLessThan(
        1e-5,
      )
    },
  )

  test.each(cases.filter(({ refused }) => refused !== undefined).map(named))(
    '%s is refused with its reason',
    async (_, golden) => {
      const { graph, tensorFlow } = await open(golden.folder, golden.signature ?? undefined)
      expect(graph).toBeUndefined()
      expect(tensorFlow?.refusal).toMatchObject({ code: golden.refused, hint: expect.stringMatching(/./) })
    },
  )

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

  test.each<[string, string | undefined, string, string]>([
    ['tensorflow__java__saved_model_using_python', undefined, 'E_SIGNATURE_CHOICE', 'several signatures'],
    ['tensorflow__java__saved_model_using_python', 'ad', 'E_SIGNATURE', 'no signature "ad"'],
  ])('%s with the signature %s is refused', async (name, signature, code, message) => {
    await expect(open(name, signature)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/./),
    })
  })

  test.each<[string, string, string, string, number]>([
    [
      'tensorflow__serving__saved_model_counter',
      'incr_counter',
      'E_TF_STATE',
      'AssignAdd "incr_counter_op/AssignAdd"',
      1,
    ],
    ['tensorflow__serving__saved_model_half_plus_two_cpu', 'regress_x_to_y', 'E_TF_OPERATOR', 'ParseExample', 2],
  ])('%s with the signature %s has no graph, and says why', async (name, signature, code, message, total) => {
    const model = await open(name, signature)
    expect(model).toMatchObject({ whyNoGraph: expect.stringContaining(message), tensorFlow: { refusal: { code } } })
    const { trainable, nonTrainable } = (await model.countParameters?.()) ?? { trainable: -1, nonTrainable: 0 }
    expect(trainable + nonTrainable).toBe(total)
  })
})
