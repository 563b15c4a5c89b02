import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { GreenbenchError } from '../../../src/core/errors.js'
import { seededRandom } from '../../../src/core/random.js'
import { countGraph } from '../../../src/operators/count.js'
import { goldenArchive } from '../../helpers/golden-saved-models.js'
import { mutate } from '../../helpers/mutate.js'
import {
  attribute,
  constant,
  functionOf,
  library,
  node,
  savedModel,
  signature,
  TYPE,
  writeSavedModel,
} from '../../helpers/saved-model.js'

const slots = [{ x: { tensor: 'x:0', shape: [-1] } }, { y: { tensor: 'y:0', shape: [-1] } }] as const
const placeholder = node('Placeholder', 'x', [], [attribute.type('dtype', TYPE.float)])
const open = (...graph: readonly Uint8Array[]) =>
  ModelFactory.withPredefinedFormats().open(
    writeSavedModel(savedModel([placeholder, ...graph], signature('serving_default', ...slots))),
  )
const whole = (name: string, ...values: readonly number[]) => constant(name, [values.length], values, TYPE.int32)
const one = (name: string, value: number) => constant(name, [], [value], TYPE.int32)
const small = functionOf('small', ['a', 'b'], { going: 'Less:z:0' }, [node('Less', 'Less', ['a', 'b'], [], 3)])
const loop = (name: string, cond: string, body: string, inputs: readonly string[], field = 1) =>
  node('While', name, inputs, [attribute.callee('cond', cond), attribute.callee('body', body)], field)

describe('SavedModels of TensorFlow that were damaged', () => {
  const random = seededRandom(11)
  test.each([
    ['saved-models-keras.json.br', 'keras_lstm', 'saved_model.pb'],
    ['saved-models.json.br', 'control', 'saved_model.pb'],
    ['saved-models-graphs.json.br', 'partitioned', 'saved_model.pb'],
    ['saved-models-graphs.json.br', 'partitioned', 'variables/variables.index'],
    ['saved-models-graphs.json.br', 'sharded', 'variables/variables.index'],
  ])('%s %s: any bytes changed in %s give a model or an error of greenbench', async (archive, folder, file) => {
    const { cases, content, open: openCase, pathOf } = goldenArchive(archive)
    const golden = cases.filter((entry) => entry.folder === folder)
    const path = join(pathOf(folder), file)
    for (let round = 0; round < 60; round += 1) {
      writeFileSync(path, mutate(content(folder, file), random))
      const chosen = golden[round % golden.length]
      const failure = chosen && (await readAndCount(openCase(chosen)))
      if (failure !== undefined) expect(failure).toBeInstanceOf(GreenbenchError)
      if (failure instanceof GreenbenchError) expect(failure.code).not.toBe('E_FORMAT_FAILED')
    }
  })
})

async function readAndCount(opening: ReturnType<typeof open>): Promise<unknown> {
  try {
    const { graph } = await opening
    if (graph !== undefined) countGraph(graph, { batchSize: 1 })
    return undefined
  } catch (error) {
    return error
  }
}

describe('graphs that ask for too much', () => {
  test('a million times a million elements are not computed before the run', async () => {
    const graph = [whole('sizes', 1_000_000, 1_000_000), one('zero', 0), node('Fill', 'filled', ['sizes', 'zero'])]
    const sum = [
      one('axis', 0),
      node('Max', 'rows', ['filled', 'axis']),
      node('Cast', 'y', ['rows'], [attribute.type('DstT', TYPE.float)]),
    ]
    const model = await open(...graph, ...sum)
    expect(model.graph?.main.nodes.map(({ operator }) => operator)).toContain('Expand')
  })

  test('a range of a million million numbers is not computed before the run', async () => {
    const bounds = [one('start', 0), one('limit', 2_000_000_000), one('step', 1)]
    const model = await open(
      ...bounds,
      node('Range', 'range', ['start', 'limit', 'step']),
      node('Cast', 'y', ['range'], [attribute.type('DstT', TYPE.float)]),
    )
    expect(model.graph?.main.nodes.map(({ operator }) => operator)).toContain('Range')
  })

  test('a loop whose body is itself ends in one line', async () => {
    const body = functionOf('body', ['a', 'b'], { a: 'inner:output:0', b: 'b' }, [
      loop('inner', 'small', 'body', ['a', 'b'], 3),
    ])
    await expect(open(library(small, body), one('n', 3), loop('y', 'small', 'body', ['n', 'n']))).rejects.toMatchObject(
      {
        code: 'E_TF_RECURSION',
      },
    )
  })

  test('loops in loops in loops are not unfolded for ever', async () => {
    const level = (depth: number) =>
      functionOf(`body${depth}`, ['a', 'b'], { a: 'second:output:0', b: 'b' }, [
        loop('first', 'small', `body${depth + 1}`, ['a', 'b'], 3),
        loop('second', 'small', `body${depth + 1}`, ['first:output:0', 'b'], 3),
      ])
    const levels = Array.from({ length: 30 }, (_, depth) => level(depth))
    const last = functionOf('body30', ['a', 'b'], { a: 'a', b: 'b' }, [])
    const graph = [library(small, ...levels, last), one('n', 3), loop('y', 'small', 'body0', ['n', 'n'])]
    await expect(open(...graph)).rejects.toMatchObject({ code: 'E_GRAPH_TOO_LARGE' })
  })

  test('a loop without a body is named', async () => {
    await expect(open(one('n', 3), loop('y', 'nowhere', 'nowhere', ['n', 'n']))).rejects.toMatchObject({
      code: 'E_TF_FUNCTION',
    })
  })

  test('a list of tensors that never becomes a tensor is named', async () => {
    const list = node('TensorListReserve', 'list', ['sizes', 'count'])
    const graph = [whole('sizes', 2), one('count', 3), list, node('Identity', 'y', ['list'])]
    expect((await open(...graph)).tensorFlow?.refusal.code).toBe('E_TF_LIST')
  })

  test('a diagonal of a million rows is refused', async () => {
    const graph = [whole('sizes', 1_000_000), constant('zero', [], [0]), node('Fill', 'rows', ['sizes', 'zero'])]
    const model = await open(...graph, node('MatrixDiag', 'y', ['rows']))
    expect(model.tensorFlow?.refusal.code).toBe('E_TF_NODE')
  })
})
