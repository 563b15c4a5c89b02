/**
 * Every ONNX file of `../shared/data`: real exports, real architectures and backend tests of one operator each. What
 * greenbench infers without running them is compared with what onnxruntime finds in a run, value by value.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import type { ModelGraph, ValueInfo } from '../../src/graph/graph.js'
import { writeOnnxFile } from '../../src/graph/onnx-writer.js'
import { countGraph } from '../../src/operators/count.js'
import { namesOfMainGraph, typesOf, type Witness, witness } from '../helpers/onnxruntime-oracle.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'
import { inferFromNodes, wrongShapes, wrongTypes } from './inference-check.js'
import { inputsFor, storedTensor } from './onnx-inputs.js'
import { largestDifference } from './output-check.js'
import { CHOICES, DECIDED_BY_DATA, NOT_RUN, REFUSED } from './shared-onnx-expectations.js'

async function graphOf(path: string): Promise<ModelGraph> {
  const { graph } = await ModelFactory.withPredefinedFormats().open(path)
  if (graph === undefined) throw new Error(`${path} has no graph`)
  return graph
}

/** Sizes of the tensors among the inputs or outputs that lie beside a file, by name. */
function storedShapes(path: string, kind: 'input' | 'output', values: readonly ValueInfo[]) {
  const entries = values.flatMap(({ name, type }, index): [string, readonly number[]][] => {
    const tensor = type?.kind === 'tensor' ? storedTensor(path, `${kind}_${index}`) : undefined
    return tensor === undefined ? [] : [[name, tensor.dims]]
  })
  return new Map(entries)
}

/** The `light_*` files have outputs and no inputs: theirs are made up the way their makers did. */
function hasStoredOutputs(path: string): boolean {
  const names = namesOfMainGraph(readFileSync(path))
  const hasInputs = names.inputs.every((_, index) => storedTensor(path, `input_${index}`) !== undefined)
  return storedTensor(path, 'output_0') !== undefined && (hasInputs || path.includes('light_'))
}

describeWithSharedData('ONNX files of ../shared/data', () => {
  const root = sharedPath('onnx')
  const files = readdirSync(root, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.onnx'))
    .sort()
  const loadable = files.filter((file) => REFUSED[file] === undefined)
  const runnable = loadable.filter((file) => NOT_RUN[file] === undefined)
  const readable = files.filter((file) => REFUSED[file]?.code === undefined)

  test('there are as many as the folder came with', () => {
    expect(files.length).toBeGreaterThanOrEqual(120)
  })

  test.each(Object.keys(REFUSED))('%s is refused by onnxruntime for the reason given here', async (file) => {
    await expect(typesOf(join(root, file))).rejects.toThrow(REFUSED[file]?.says)
  })

  test.each(files.filter((file) => !readable.includes(file)))('%s is refused with its own code', async (file) => {
    await expect(graphOf(join(root, file))).rejects.toMatchObject({ code: REFUSED[file]?.code })
  })

  test.each([
    ['resnet50', 25_557_032, 4_089_184_256],
    ['densenet121', 8_062_504, 2_834_161_664],
    ['squeezenet', 1_235_496, 349_151_936],
  ])('light_%s has its known parameters and multiply-accumulates', async (name, parameters, macs) => {
    const { counts } = countGraph(await graphOf(join(root, `light/light_${name}.onnx`)), { batchSize: 1 })
    expect(counts.parameters.trainable).toBe(parameters)
    expect(counts.macs).toBe(macs)
  })

  test.each(readable)('%s is read and counted, and every operator is known', async (file) => {
    const { counts, layers, operators } = countGraph(await graphOf(join(root, file)), { batchSize: 1 })
    expect(counts.unknownOperators).toEqual([])
    expect(counts.parameters.total).toBe(counts.parameters.trainable + counts.parameters.nonTrainable)
    expect(layers.length).toBeGreaterThan(0)
    expect(operators.length).toBeGreaterThan(0)
  })

  describe.each(runnable)('%s', (file) => {
    const path = join(root, file)
    const inputs = new Map<string, Tensor>()
    let seen: Witness
    let graph: ModelGraph

    beforeAll(async () => {
      graph = await graphOf(path)
      seen = await witness(path, (metadata) => {
        const made = inputsFor(path, metadata, CHOICES[file])
        for (const [name, tensor] of Object.entries(made)) inputs.set(name, tensor)
        return made
      })
    })

    test('every value has the type and the sizes that onnxruntime gives it', () => {
      const shapes = new Map([...inputs].map(([name, tensor]) => [name, tensor.dims]))
      const inferred = inferFromNodes(graph, shapes)
      expect(inferred.failures).toEqual([])
      expect(inferred.unknown).toEqual([])
      expect(wrongTypes(inferred, seen.types)).toEqual([])
      expect(wrongShapes(inferred, seen.shapes, DECIDED_BY_DATA[file])).toEqual([])
    })

    if (hasStoredOutputs(path)) {
      test('outputs are those that lie beside it', () => {
        for (const [index, { name }] of graph.main.outputs.entries()) {
          const stored = storedTensor(path, `output_${index}`)
          const given = seen.outputs.get(name)
          if (stored === undefined || given === undefined) continue
          expect(given.dims).toEqual(stored.dims)
          expect(largestDifference(given, stored)).toBeLessThanOrEqual(1)
        }
      })
    }

    test('greenbench writes it so that it gives the same outputs', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'greenbench-written-'))
      try {
        const copy = join(folder, 'model.onnx')
        await writeOnnxFile(graph, copy)
        const again = await witness(copy, () => Object.fromEntries(inputs))
        expect([...again.outputs.keys()]).toEqual([...seen.outputs.keys()])
        for (const [name, tensor] of seen.outputs) {
          const copied = again.outputs.get(name)
          expect(copied && largestDifference(copied, tensor)).toBeLessThanOrEqual(1)
        }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })

    afterAll(() => {
      inputs.clear()
      seen = { types: new Map(), shapes: new Map(), outputs: new Map() }
    })
  })

  test.each(readable.filter((file) => !runnable.includes(file)))(
    '%s has the sizes of the outputs beside it',
    async (file) => {
      const path = join(root, file)
      const graph = await graphOf(path)
      const inferred = inferFromNodes(graph, storedShapes(path, 'input', graph.main.inputs))
      expect(inferred.failures).toEqual([])
      const outputs = storedShapes(path, 'output', graph.main.outputs)
      expect(wrongShapes(inferred, outputs, DECIDED_BY_DATA[file])).toEqual([])
      if (NOT_RUN[file] !== undefined) expect(wrongTypes(inferred, await typesOf(path))).toEqual([])
    },
  )
})
