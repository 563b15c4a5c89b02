/** One node of TensorFlow to nodes of ONNX: constants and variables here, everything else by the table. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { isFloat } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import type { Flow } from './flow.js'
import type { FlowEmitter } from './flow-emitter.js'
import type { Operation } from './operation.js'
import { CONVERSIONS } from './operators/table.js'
import type { NodeProto } from './saved-model-schema.js'
import { type GraphScope, splitInputs } from './scope.js'
import { readTensor } from './tensor.js'
import type { ConvertNode } from './unfold.js'
import { VARIABLES } from './variables.js'

/** @returns the saved value of a variable, by the names of its node and of itself */
export type VariableReader = (node: string, sharedName: string) => Initializer

const READS = new Set(['ReadVariableOp', 'ResourceGather', 'ResourceGatherNd'])
const CHANGES = /^(Assign|Scatter(Add|Sub|Update)|ResourceScatter|ResourceApply|Apply[A-Z])/

/**
 * @param hasVariables - false in a frozen graph, whose constants are its weights
 * @param path - of the model, for messages
 * @returns converts a node whose inputs have been converted
 */
export function nodeConverter(
  emitter: FlowEmitter,
  variable: VariableReader,
  hasVariables: boolean,
  path: string,
): ConvertNode {
  const variables = new Map<string, Flow>()
  return (operation, node, scope) => {
    const change = changeBefore(node, scope)
    if (change !== undefined)
      throw refusal({ operator: change.operator ?? '', name: scope.path + (change.name ?? '') }, path)
    const { operator, name, attributes } = operation
    if (operator === 'Const') return [emitter.flow(emitter.constant(constantOf(operation, hasVariables)))]
    if (VARIABLES.has(operator)) {
      const known = variables.get(name)
      if (known !== undefined) return [known]
      const flow = emitter.flow(emitter.constant(variable(name, attributes.text('shared_name', '') || name)))
      variables.set(name, flow)
      return [flow]
    }
    const conversion = CONVERSIONS.get(operator)
    if (conversion === undefined) throw refusal(operation, path)
    emitter.current = name
    const found = conversion(operation, emitter)
    return isList(found) ? found : [found]
  }
}

const isList = (found: Flow | readonly Flow[]): found is readonly Flow[] => Array.isArray(found)

/**
 * @param hasVariables - false in a frozen graph, whose constants are its weights
 * @returns the tensor of a Const node
 */
export function constantOf(
  { name, attributes }: Pick<Operation, 'name' | 'attributes'>,
  hasVariables: boolean,
): Initializer {
  const tensor = attributes.get('value')?.tensor
  if (tensor !== undefined) {
    const constant = readTensor(tensor, name, `Const ${quoted(name)}`)
    return hasVariables ? besideVariables(constant) : constant
  }
  throw new FormatError('E_TF_NODE', `Const ${quoted(name)} has no value`, {
    hint: 'the file is damaged: save the model again',
  })
}

/** Where weights are variables, a constant vector is part of the arithmetic (a mean to subtract), and none is trained. */
function besideVariables(constant: Initializer): Initializer {
  const axes = constant.shape.filter((size) => size > 1).length
  if (axes === 0 || !isFloat(constant.dtype)) return constant
  return axes === 1 ? { ...constant, storedElements: 0 } : { ...constant, trainable: false }
}

/** What changes a variable before the node reads it, which no graph of ONNX does. */
function changeBefore(node: NodeProto, scope: GraphScope): NodeProto | undefined {
  const { data, control } = splitInputs(node)
  const read = scope.nodes.get(data[0] ?? '')?.operator ?? ''
  if (!READS.has(node.operator ?? '') && !(node.operator === 'Identity' && VARIABLES.has(read))) return undefined
  return control.map((name) => scope.nodes.get(name)).find((before) => CHANGES.test(before?.operator ?? ''))
}

function refusal({ operator, name }: Pick<Operation, 'operator' | 'name'>, path: string): UnsupportedError {
  const what = `${/^\w{1,60}$/.test(operator) ? operator : quoted(operator)} ${quoted(name)}`
  if (operator === 'Placeholder') {
    return new UnsupportedError('E_TF_PLACEHOLDER', `${path}: ${what} is read, but the signature does not feed it`, {
      hint: 'choose another --signature, or save one that has it among its inputs',
    })
  }
  if (CHANGES.test(operator)) {
    return new UnsupportedError('E_TF_STATE', `${path}: ${what} changes a variable, which a graph of ONNX cannot`, {
      hint: 'choose another --signature',
    })
  }
  return new UnsupportedError('E_TF_OPERATOR', `${path}: operator ${what} is not supported`, {
    hint: `choose another --signature, or convert the model: python -m tf2onnx.convert --saved-model ${path} --output model.onnx`,
  })
}
