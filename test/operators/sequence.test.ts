/** Sequences of tensors: what greenbench infers before a run is what onnxruntime finds in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { int } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { formatShape } from '../../src/graph/dimension.js'
import { writeOnnxFile } from '../../src/graph/onnx-writer.js'
import { witness } from '../helpers/onnxruntime-oracle.js'
import { inferFromNodes, wrongShapes } from '../models/inference-check.js'
import { inputsFor } from '../models/onnx-inputs.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenbench-sequence-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A graph over two tensors of unlike size; `build` gives the names of its outputs. */
function graphOf(build: (graph: GraphBuilder, short: string, long: string) => readonly string[]) {
  const builder = new GraphBuilder('sequences')
  const [short, long] = [builder.input('short', 'float32', [2, 3]), builder.input('long', 'float32', [4, 3])]
  for (const name of build(builder, short, long)) builder.output(name, 'float32')
  return builder.build({ opset: 17 })
}

/** @returns what differs between the sizes that are inferred and those of a run */
async function differences(build: Parameters<typeof graphOf>[0], mayBeFree: readonly string[] = []): Promise<string[]> {
  const graph = graphOf(build)
  const path = join(folder, 'model.onnx')
  await writeOnnxFile(graph, path)
  const { shapes } = await witness(path, (metadata) => inputsFor(path, metadata))
  const inferred = inferFromNodes(graph, new Map())
  return [...inferred.failures, ...inferred.unknown, ...wrongShapes(inferred, shapes, mayBeFree)]
}

test('each tensor of a sequence keeps its own sizes', async () => {
  const wrong = await differences((graph, short, long) => {
    const sequence = graph.node('SequenceConstruct', [short, long])
    const [first, last] = [0, -1].map((at) => graph.node('SequenceAt', [sequence, graph.constant(at)]))
    return [first ?? '', last ?? '', graph.node('ConcatFromSequence', [sequence], { axis: int(0) })]
  })
  expect(wrong).toEqual([])
})

test('tensors are inserted and erased where the position says', async () => {
  const wrong = await differences((graph, short, long) => {
    const empty = graph.node('SequenceEmpty', [])
    const one = graph.node('SequenceInsert', [empty, short])
    const two = graph.node('SequenceInsert', [one, long, graph.constant(0)])
    const left = graph.node('SequenceErase', [two])
    return [two, left].map((sequence) => graph.node('SequenceAt', [sequence, graph.constant(0)]))
  })
  expect(wrong).toEqual([])
})

test('a split leaves the rest to the last part', async () => {
  const wrong = await differences((graph, _, long) => {
    const parts = graph.node('SplitToSequence', [long, graph.constant(3)])
    const named = graph.node('SplitToSequence', [long, graph.constant([1, 3])])
    const rows = graph.node('SplitToSequence', [long], { keepdims: int(0) })
    return [
      ...[parts, named].map((sequence) => graph.node('SequenceAt', [sequence, graph.constant(1)])),
      graph.node('ConcatFromSequence', [rows], { axis: int(1), new_axis: int(1) }),
    ]
  })
  expect(wrong).toEqual([])
})

test('the length of a sequence is a size like any other', async () => {
  const wrong = await differences((graph, short, long) => {
    const sequence = graph.node('SequenceConstruct', [short, long, short])
    const length = graph.node('Unsqueeze', [graph.node('SequenceLength', [sequence]), graph.constant([0])])
    return [graph.node('Expand', [graph.constant([1], 'float32'), length])]
  })
  expect(wrong).toEqual([])
})

test('a position that only the run tells leaves open what the tensors do not share', () => {
  const graph = graphOf((builder, short, long) => {
    const position = builder.input('position', 'int64', [])
    const sequence = builder.node('SequenceConstruct', [short, long])
    return [builder.node('SequenceAt', [sequence, position])]
  })
  const type = inferFromNodes(graph, new Map()).types.get(graph.main.outputs[0]?.name ?? '')
  expect(type?.kind === 'tensor' && type.shape && formatShape(type.shape)).toMatch(/^\[axis0#\d+, 3\]$/)
})

test('sizes of a hundred tensors that only the run tells add up to one name', async () => {
  const wrong = await differences(
    (graph, short) => {
      const found = Array.from({ length: 100 }, () => graph.node('NonZero', [short]))
      const joined = graph.node('Concat', found, { axis: int(1) })
      return [graph.node('Cast', [graph.node('Concat', [joined, joined], { axis: int(0) })], { to: int(1) })]
    },
    namesOf('NonZero', 'Concat', 'Cast'),
  )
  expect(wrong).toEqual([])
})

/** Names that the builder gives to the outputs of such nodes. */
function namesOf(...operators: readonly string[]): string[] {
  return operators.flatMap((operator) =>
    Array.from({ length: 100 }, (_, index) => `${operator}${index === 0 ? '' : `_${index}`}_output_0`),
  )
}
