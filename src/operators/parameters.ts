/**
 * Finds the parameters among a model's constants: what a constant is, is decided by the operators that read it.
 *
 * Weights count wherever they are kept (initializer, Constant, ConstantOfShape, sub-graph, function body), each once.
 * Shapes, axes, limits and the single numbers of arithmetic are no parameters, nor are the ones and
 * zeros that an exporter made up for a normalisation without any (`isNeutralConstant`).
 */
import { GreenbenchError } from '../core/errors.js'
import { bytesOf, type DataType, isFloat } from '../graph/data-type.js'
import type { Attribute, Initializer, Node } from '../graph/graph.js'
import { dtypeOf, shapeOf } from './known-value.js'
import { isNeutralConstant } from './neutral-constant.js'
import type { KnownValue, OperatorRule } from './rule.js'
import { countOf } from './shape/cost.js'
import type { GraphTrace, NodeTrace } from './trace.js'

/** One constant that is a parameter. */
export interface Parameter {
  /** Weights; of a sparse tensor those that are stored. */
  readonly count: number
  readonly bytes: number
  readonly isTrainable: boolean
  /** The node that makes it a parameter: the first one with the strongest claim. */
  readonly reader: NodeTrace
}

/** How strongly a reader claims a constant; the strongest claim wins. */
const CLAIM = { setting: 0, nonTrainable: 1, trainable: 2 } as const
type Claim = (typeof CLAIM)[keyof typeof CLAIM]

/** A constant on its way from where it is kept to its readers. */
interface Constant {
  readonly dtype: DataType
  readonly elements: number
  readonly stored: number
  /** What the format says, before any reader. */
  readonly trainable: boolean | undefined
  /** Where a tensor of the file keeps it. */
  readonly initializer?: Initializer
  claim?: Claim
  reader?: NodeTrace
  packing?: number
  /** Operators that hand it on, for a constant that no operator reads in the end. */
  passedBy?: NodeTrace
}

/** Constants by the object that keeps them, so that a shared one is one. */
type Constants = Map<Initializer | Node | Attribute, Constant>

/** Constants by the names under which a graph sees them. */
class ConstantScope {
  readonly #names = new Map<string, Constant | undefined>()
  readonly #initializers: ReadonlyMap<string, Initializer>
  readonly #constants: Constants
  readonly #outer: ConstantScope | undefined

  constructor(trace: GraphTrace, constants: Constants, outer?: ConstantScope) {
    this.#initializers = trace.initializers
    this.#constants = constants
    this.#outer = outer
  }

  get(name: string): Constant | undefined {
    if (this.#names.has(name)) return this.#names.get(name)
    const initializer = this.#initializers.get(name)
    return initializer === undefined ? this.#outer?.get(name) : kept(this.#constants, initializer)
  }

  set(name: string, constant: Constant | undefined): void {
    this.#names.set(name, constant)
  }
}

/** @returns all parameters of the model, in the order in which they are first read */
export function findParameters(main: GraphTrace): readonly Parameter[] {
  const constants: Constants = new Map()
  visitGraph(main, new ConstantScope(main, constants), constants)
  return [...constants.values()].flatMap((constant) => parameterOf(constant) ?? [])
}

function visitGraph(trace: GraphTrace, scope: ConstantScope, constants: Constants): void {
  for (const node of trace.nodes) visitNode(node, scope, constants)
}

function visitNode(trace: NodeTrace, scope: ConstantScope, constants: Constants): void {
  const { node, rule, body, outputs, subgraphs } = trace
  if (body !== undefined) {
    visitCall(trace, body, scope, constants)
    return
  }
  const made = madeByNode(node, outputs[0], constants)
  if (made !== undefined) scope.set(node.outputs[0] ?? '', made)
  for (const [position, name] of node.inputs.entries()) {
    const constant = name === '' ? undefined : scope.get(name)
    if (constant === undefined) continue
    if (rule?.passesWeights?.includes(position) === true) passOn(trace, constant, scope)
    else claim(trace, position, constant)
  }
  for (const name of rule?.weightAttributes ?? []) claimAttribute(trace, trace.context.attribute(name), constants)
  for (const inner of subgraphs.values()) visitGraph(inner, new ConstantScope(inner, constants, scope), constants)
}

/** Inside a function the caller's constants have the names of the function's inputs. */
function visitCall({ node }: NodeTrace, body: GraphTrace, scope: ConstantScope, constants: Constants): void {
  const inner = new ConstantScope(body, constants)
  for (const [position, name] of [...body.inputs.keys()].entries()) {
    inner.set(name, scope.get(node.inputs[position] ?? ''))
  }
  visitGraph(body, inner, constants)
  for (const [position, name] of body.outputs.entries()) {
    const constant = inner.get(name)
    if (constant !== undefined) scope.set(node.outputs[position] ?? '', constant)
  }
}

/** Constant and ConstantOfShape keep weights too, the latter when its shape comes from the file. */
function madeByNode(node: Node, output: KnownValue | undefined, constants: Constants): Constant | undefined {
  if (node.domain !== '') return undefined
  const value =
    node.operator === 'Constant' ? (node.attributes.get('value') ?? node.attributes.get('sparse_value')) : undefined
  if (value?.kind === 'tensor') return kept(constants, value.value)
  const isKeeper = node.operator === 'Constant' || (node.operator === 'ConstantOfShape' && output?.isConstant === true)
  return isKeeper && output !== undefined ? keptByNode(constants, node, output) : undefined
}

function kept(constants: Constants, initializer: Initializer): Constant {
  const known = constants.get(initializer)
  if (known !== undefined) return known
  const { dtype, shape, storedElements, trainable } = initializer
  const elements = shape.reduce((product, size) => product * size, 1)
  const constant: Constant = { dtype, elements, stored: storedElements ?? elements, trainable, initializer }
  constants.set(initializer, constant)
  return constant
}

function keptByNode(constants: Constants, node: Node, output: KnownValue): Constant | undefined {
  const known = constants.get(node)
  const dtype = dtypeOf(output)
  const elements = shapeOf(output)?.reduce<number>(
    (count, size) => count * (typeof size === 'number' ? size : Number.NaN),
    1,
  )
  if (known !== undefined || dtype === undefined || elements === undefined || !Number.isSafeInteger(elements))
    return known
  const constant: Constant = { dtype, elements, stored: elements, trainable: undefined }
  constants.set(node, constant)
  return constant
}

function passOn(trace: NodeTrace, constant: Constant, scope: ConstantScope): void {
  constant.passedBy ??= trace
  const output = trace.node.outputs[0]
  if (output !== undefined && output !== '') scope.set(output, constant)
}

function claim(trace: NodeTrace, position: number, constant: Constant): void {
  const strength = claimOf(trace, position, constant)
  if (constant.claim !== undefined && constant.claim >= strength) return
  constant.claim = strength
  constant.reader = trace
  constant.packing = packingOf(trace, position)
}

/** Weights in one stored element; 1, and an assumption, where the node does not make sense. */
function packingOf({ rule, context, path }: NodeTrace, position: number): number {
  if (rule?.weightsPerElement === undefined) return 1
  try {
    const packing = rule.weightsPerElement(context, position)
    if (packing > 0 && Number.isFinite(packing)) return packing
  } catch (error) {
    // A node of which nothing else can be told either is listed as unknown; its bytes are counted as weights.
    if (!(error instanceof GreenbenchError)) throw error
  }
  context.assume(
    `${context.node.operator} ${path}: how its weights are packed cannot be told; stored elements are counted`,
  )
  return 1
}

/** Weights of classical models stand in the node itself, as a list of floats or a tensor. */
function claimAttribute(trace: NodeTrace, attribute: Attribute | undefined, constants: Constants): void {
  if (attribute === undefined || constants.has(attribute)) return
  const isTensor = attribute.kind === 'tensor'
  if (!isTensor && attribute.kind !== 'floats') return
  const elements = isTensor ? countOf(attribute.value.shape) : attribute.value.length
  const dtype = isTensor ? attribute.value.dtype : 'float32'
  const claimed = { claim: CLAIM.trainable, reader: trace }
  constants.set(attribute, { dtype, elements, stored: elements, trainable: undefined, ...claimed })
}

function claimOf({ rule, inputs, node }: NodeTrace, position: number, constant: Constant): Claim {
  if (isSetting(rule, position)) return CLAIM.setting
  const { initializer } = constant
  const name = node.inputs[position] ?? ''
  if (initializer !== undefined && isNeutralConstant(node.operator, position, name, initializer)) return CLAIM.setting
  if (rule?.nonTrainableInputs?.includes(position) === true) return CLAIM.nonTrainable
  if (rule?.weightInputs?.includes(position) === true) return CLAIM.trainable
  const dtype = dtypeOf(inputs[position]) ?? constant.dtype
  return isFloat(dtype) && constant.elements > 1 ? CLAIM.trainable : CLAIM.setting
}

function isSetting(rule: OperatorRule | undefined, position: number): boolean {
  const settings = rule?.settingInputs
  return settings === 'all' || settings?.includes(position) === true
}

function parameterOf(constant: Constant): Parameter | undefined {
  const reader = constant.reader ?? constant.passedBy
  const claim = strongestClaim(constant)
  if (reader === undefined || claim === CLAIM.setting) return undefined
  const { dtype, stored, packing = 1 } = constant
  // Packed elements may hold a little padding, so that weights per element are no whole number.
  const count = Math.round(stored * packing)
  return { count, bytes: bytesOf(dtype, stored), isTrainable: claim === CLAIM.trainable, reader }
}

/** What the format says of a variable that is read goes first; floats that are only handed on to an output count too. */
function strongestClaim({ claim, dtype, elements, trainable }: Constant): Claim {
  if (trainable !== undefined) return trainable ? CLAIM.trainable : CLAIM.nonTrainable
  if (claim !== undefined) return claim
  return isFloat(dtype) && elements > 1 ? CLAIM.trainable : CLAIM.setting
}
