/** Every node test of the onnx package: inferred sizes against those that the package computes with numpy. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../../formats/onnx/read-onnx.js'
import { memoryFile } from '../../formats/random-access-file.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { countGraph } from '../../src/operators/count.js'
import { inferTypes } from '../../src/operators/infer.js'

/** One case of `make-node-models.py`. */
interface NodeModel {
  readonly model: string
  /** `null` for sequences and optionals. */
  readonly outputs: readonly ({ readonly dtype: string; readonly shape: readonly number[] } | null)[]
}

const golden: { readonly cases: Readonly<Record<string, NodeModel>> } = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/node-models.json.gz', import.meta.url))).toString('utf8'),
)
const cases = Object.entries(golden.cases)

/** The contents of large or floating-point inputs decide these sizes. */
const DECIDED_BY_RUN = /^test_(nonmaxsuppression|nonzero|unique|strnormalizer|onehot|range_float)_/

/** @returns the model without what the file says of the types of its values, so that only the rules speak */
function withoutNotes(graph: ModelGraph): ModelGraph {
  const outputs = graph.main.outputs.map(({ name }) => ({ name, type: undefined }))
  return { ...graph, main: { ...graph.main, outputs, valueInfos: new Map() } }
}

function readCase({ model }: NodeModel): ModelGraph {
  const { graph } = readOnnx(memoryFile(Buffer.from(model, 'base64')), () => {
    throw new Error('the model has no data files')
  })
  return withoutNotes(graph)
}

/** @returns `dtype[sizes]` of each output; a size that only the run tells is `?` */
function inferredOutputs(graph: ModelGraph): readonly string[] {
  const { main } = inferTypes(graph)
  return main.outputs.map((name) => {
    const type = main.values.get(name)?.type
    if (type?.kind !== 'tensor' || type.shape === undefined) return type?.kind ?? 'unknown'
    const sizes = type.shape.map((size) => (typeof size === 'number' ? size : '?'))
    return `${type.dtype}[${sizes.join(', ')}]`
  })
}

/** @returns what differs; `?` stands for any size */
function differences(name: string, node: NodeModel): readonly string[] {
  const found = inferredOutputs(readCase(node))
  return node.outputs.flatMap((output, index) => {
    if (output === null) return []
    const expected = `${dtypeOf(output.dtype, found[index])}[${output.shape.join(', ')}]`
    const pattern = new RegExp(`^${escaped(found[index] ?? '').replaceAll('\\?', '\\d+')}$`)
    return pattern.test(expected) ? [] : [`${name}: ${found[index]} instead of ${expected}`]
  })
}

/** numpy has no bfloat16: the package keeps its bits as uint16. */
function dtypeOf(dtype: string, found: string | undefined): string {
  return dtype === 'uint16' && found?.startsWith('bfloat16') === true ? 'bfloat16' : dtype
}

function escaped(text: string): string {
  return text.replace(/[[\]?.,]/g, '\\$&')
}

describe(`${cases.length} node tests of the onnx package`, () => {
  test('have the types and sizes that the package computes', () => {
    expect(cases.length).toBe(922)
    expect(cases.flatMap(([name, node]) => differences(name, node))).toEqual([])
  })

  test('leave no size open but those that the contents of large inputs decide', () => {
    const open = cases.filter(([, node]) => inferredOutputs(readCase(node)).some((output) => output.includes('?')))
    expect(open.map(([name]) => name).filter((name) => !DECIDED_BY_RUN.test(name))).toEqual([])
  })

  test('have no operator without a rule, and a rule that works', () => {
    const unknown = cases.flatMap(([name, node]) =>
      countGraph(readCase(node)).counts.unknownOperators.map(({ operator }) => `${name}: ${operator}`),
    )
    expect(unknown).toEqual([])
  })

  test('cost what can be told: no product of matrices is left out', () => {
    const missing = cases.filter(([, node]) => countGraph(readCase(node)).counts.macs === undefined)
    expect(missing.map(([name]) => name)).toEqual([])
  })
})
