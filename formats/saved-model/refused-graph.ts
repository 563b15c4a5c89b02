/** What can be said of a graph that has no words in ONNX, but that TensorFlow itself can run. */
import { UnsupportedError } from '../../src/core/errors.js'
import { bytesOf, isFloat } from '../../src/graph/data-type.js'
import type { Initializer, ValueInfo } from '../../src/graph/graph.js'
import type { ParameterCount } from '../format.js'
import { Attributes } from './attributes.js'
import { constantOf } from './convert-node.js'
import { isFloatCode } from './data-type.js'
import { reachedNodes } from './reached-nodes.js'
import type { MetaGraphProto, SignatureProto } from './saved-model-schema.js'
import type { SavedVariables } from './saved-variables.js'
import { signatureType, sortedEntries, tensorName } from './signature-values.js'
import { isFrozen, VARIABLES } from './variables.js'

/** A signature without its graph. */
export interface RefusedGraph {
  /** Names the operator and its node. */
  readonly refusal: UnsupportedError
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly parameters: ParameterCount
}

/** Refusals that are about ONNX, and not about the file. */
const ABOUT_ONNX: ReadonlySet<string> = new Set([
  'E_TF_CONTROL_FLOW',
  'E_TF_DATA_TYPE',
  'E_TF_LIST',
  'E_TF_NODE',
  'E_TF_OPERATOR',
  'E_TF_STATE',
])

/** @returns whether TensorFlow itself may run what was refused here */
export const isForTensorFlow = (cause: unknown): cause is UnsupportedError =>
  cause instanceof UnsupportedError && ABOUT_ONNX.has(cause.code)

/**
 * @returns inputs and outputs as the signature declares them, and the parameters that its outputs depend on
 * @throws {FormatError} for variables that are not in the checkpoint, and nodes that are not in the graph
 * @throws {UnsupportedError} `E_TF_DATA_TYPE`, `E_SIGNATURE_TENSOR` for inputs, outputs or weights of kinds that nothing here holds
 */
export function refusedGraph(
  meta: MetaGraphProto,
  signature: SignatureProto,
  variables: SavedVariables,
  refusal: UnsupportedError,
): RefusedGraph {
  const inputs = sortedEntries(signature.inputs)
  const outputs = sortedEntries(signature.outputs)
  const [given, wanted] = [inputs, outputs].map((entries) =>
    entries.map(({ key = '', value }) => tensorName(value?.name, key)),
  ) as [string[], string[]]
  return {
    refusal,
    inputs: inputs.map((entry) => ({ name: entry.key ?? '', type: signatureType(entry, 'input') })),
    outputs: outputs.map((entry) => ({ name: entry.key ?? '', type: signatureType(entry, 'output') })),
    parameters: countOf(weightsOf(meta, wanted, new Set(given), variables)),
  }
}

/**
 * The same rules as for a graph that is read: variables and constants of floating point, steps and sizes aside. What
 * only its reader tells (the statistics of a normalisation whose variables are not marked) counts as trained.
 */
function weightsOf(
  meta: MetaGraphProto,
  outputs: readonly string[],
  inputs: ReadonlySet<string>,
  variables: SavedVariables,
): readonly Initializer[] {
  const hasVariables = !isFrozen(meta)
  const found = new Map<string, Initializer>()
  for (const node of reachedNodes(meta.graph, outputs, inputs)) {
    const [{ name = '', operator = '' }, attributes] = [node, new Attributes(node)]
    if (VARIABLES.has(operator)) {
      const shared = attributes.text('shared_name', '') || name
      found.set(`variable ${shared}`, variables.read(name, shared))
    } else if (operator === 'Const' && isFloatCode(attributes.type('dtype') ?? 0)) {
      found.set(`constant ${found.size}`, constantOf({ name, attributes }, hasVariables))
    }
  }
  const unread = variables.unreadStatistics().map((weight) => ({ trainable: false, ...weight }))
  return [...found.values(), ...unread]
}

function countOf(weights: readonly Initializer[]): ParameterCount {
  const counts = { trainable: 0, nonTrainable: 0, bytes: 0 }
  for (const { dtype, shape, trainable, storedElements } of weights) {
    const elements = storedElements ?? shape.reduce((product, size) => product * size, 1)
    if (trainable === undefined && !(isFloat(dtype) && elements > 1)) continue
    counts[trainable === false ? 'nonTrainable' : 'trainable'] += elements
    counts.bytes += bytesOf(dtype, elements)
  }
  return counts
}
