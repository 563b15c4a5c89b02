import { describe, expect, test } from 'vitest'
import { countGraph } from '../../../src/operators/count.js'
import { type GoldenCase, goldenArchive, largestDifference } from '../../helpers/golden-saved-models.js'

const archives = [
  'saved-models.json.br',
  'saved-models-keras.json.br',
  'saved-models-graphs.json.br',
  'saved-models-refused.json.br',
].map(goldenArchive)
const opener = new Map(archives.flatMap(({ cases, open }) => cases.map((golden) => [golden, open])))
const cases = [...opener.keys()]
const open = (golden: GoldenCase) => opener.get(golden)?.(golden) ?? Promise.reject(new Error('no archive'))
const named = (golden: GoldenCase): [string, GoldenCase] => [
  [golden.folder, golden.signature, golden.tag].filter(Boolean).join(' '),
  golden,
]
const read = cases.filter(({ refused }) => refused === undefined)

describe('SavedModels of TensorFlow', () => {
  // Single precision: sums in another order differ in the sixth or seventh digit.
  test.each(read.map(named))('%s computes what TensorFlow does', async (_, golden) => {
    expect(await largestDifference(await open(golden), golden)).toBeLessThan(golden.tolerance ?? 1e-5)
  })

  test.each(read.filter(({ parameters }) => parameters !== undefined).map(named))(
    '%s has the parameters of its variables',
    async (_, golden) => {
      const { graph } = await open(golden)
      const counts = graph && countGraph(graph, { batchSize: 1 }).counts
      expect({ parameters: counts?.parameters, macs: counts?.macs }).toMatchObject({
        parameters: golden.parameters,
        ...(golden.macs === undefined ? {} : { macs: golden.macs }),
      })
    },
  )

  test.each(cases.filter(({ refused }) => refused !== undefined).map(named))(
    '%s is refused with its reason',
    async (_, golden) => {
      const { graph, inputs, outputs, whyNoGraph, tensorFlow, countParameters } = await open(golden)
      expect(graph).toBeUndefined()
      expect(whyNoGraph).toMatch(/^(operator )?\w+ ".+" /)
      expect(tensorFlow?.refusal).toMatchObject({ code: golden.refused, hint: expect.stringMatching(/./) })
      expect([inputs, outputs].map((values) => values.map(({ name }) => name))).toEqual([['x'], ['output_0']])
      const { trainable = 0, nonTrainable = 0 } = (await countParameters?.()) ?? {}
      expect({ trainable, total: trainable + nonTrainable }).toEqual(golden.parameters)
    },
  )

  // Gates times units times (inputs + units) for each step, as its definition says.
  test('a loop over a free time axis is counted for one step and says so, and for all steps once they are known', async () => {
    const { graph } = await open(cases.find(({ folder }) => folder === 'keras_lstm_free_length') as GoldenCase)
    if (graph === undefined) throw new TypeError('the model has no graph')
    const [input = ''] = graph.main.inputs.map(({ name }) => name)
    const perStep = 4 * 3 * (4 + 3)
    const free = countGraph(graph, { batchSize: 1 }).counts
    const known = countGraph(graph, { inputShapes: new Map([[input, [1, 7, 4]]]) }).counts
    expect(free).toMatchObject({ macs: perStep, assumptions: [expect.stringMatching(/while.*it is counted once$/)] })
    expect(known).toMatchObject({ macs: 7 * perStep, assumptions: [] })
  })
})
