/** The main graph or one call of a function: which names its nodes see. */
import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { Attributes } from './attributes.js'
import type { FunctionProto, NodeProto } from './saved-model-schema.js'

/** Where an input comes from. */
export interface Reference {
  readonly scope: GraphScope
  readonly node: string
  readonly output: number
}

/** Outputs of operators that give several under names of their own; others count within one name. */
const OUTPUT_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    Switch: ['output_false', 'output_true'],
    Merge: ['output', 'value_index'],
    FusedBatchNorm: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
    FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
    FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
    TopKV2: ['values', 'indices'],
    Unique: ['y', 'idx'],
    MaxPoolWithArgmax: ['output', 'argmax'],
    NonMaxSuppressionV4: ['selected_indices', 'valid_outputs'],
    NonMaxSuppressionV5: ['selected_indices', 'selected_scores', 'valid_outputs'],
    SoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  }),
)

/** Functions inside functions; real models have some tens. */
const MAX_DEPTH = 64

/** Names are looked up once; results of nodes are kept by the scope they belong to. */
export class GraphScope {
  readonly nodes: ReadonlyMap<string, NodeProto>
  /** Put before the names of nodes. */
  readonly path: string
  readonly depth: number
  readonly #arguments: ReadonlyMap<string, Reference> | undefined
  readonly #calls = new Map<string, GraphScope>()

  private constructor(
    nodes: readonly NodeProto[],
    path: string,
    depth: number,
    given?: ReadonlyMap<string, Reference>,
  ) {
    this.nodes = new Map(nodes.map((node) => [node.name ?? '', node]))
    this.path = path
    this.depth = depth
    this.#arguments = given
  }

  static main(nodes: readonly NodeProto[]): GraphScope {
    return new GraphScope(nodes, '', 0)
  }

  /** @returns the scope of a call; the same for the same node, function and occasion */
  call(node: string, body: FunctionProto, inputs: readonly Reference[], occasion = ''): GraphScope {
    const key = `${node}\n${body.signature?.name ?? ''}\n${occasion}`
    const known = this.#calls.get(key)
    if (known !== undefined) return known
    if (this.depth >= MAX_DEPTH) {
      throw new FormatError(
        'E_TF_RECURSION',
        `function ${quoted(body.signature?.name ?? '')} lies more than ${MAX_DEPTH} calls deep`,
        {
          hint: 'a function that calls itself cannot be unfolded: save the model without it',
        },
      )
    }
    const names = (body.signature?.inputs ?? []).map(({ name = '' }) => name)
    const given = new Map<string, Reference>()
    for (const [index, name] of names.entries()) {
      const input = inputs[index]
      if (input !== undefined) given.set(name, input)
    }
    const isPlain = /^(Stateful)?PartitionedCall(_\d+)?$/.test(node)
    const scope = new GraphScope(body.nodes, isPlain ? this.path : `${this.path}${node}/`, this.depth + 1, given)
    this.#calls.set(key, scope)
    return scope
  }

  /** @returns the node behind an input, through the arguments of the functions around */
  resolve(input: string, functions: ReadonlyMap<string, FunctionProto>): Reference {
    const [name = '', ...rest] = input.split(':')
    const argument = this.#arguments?.get(name)
    if (argument !== undefined) return argument
    return { scope: this, node: name, output: this.#outputIndex(name, rest, functions) }
  }

  #outputIndex(name: string, rest: readonly string[], functions: ReadonlyMap<string, FunctionProto>): number {
    const index = Number(rest.at(-1) ?? 0)
    const node = this.nodes.get(name)
    if (!Number.isSafeInteger(index) || index < 0 || node === undefined) return 0
    const [argument] = rest
    if (rest.length < 2 || argument === undefined) return index
    const { operator = '' } = node
    const names =
      OUTPUT_NAMES.get(operator) ?? functions.get(operator)?.signature?.outputs.map((output) => output.name ?? '')
    return Math.max(names?.indexOf(argument) ?? 0, 0) + index
  }
}

/** @returns inputs that carry data, and those that only order nodes in time */
export function splitInputs(node: NodeProto): {
  readonly data: readonly string[]
  readonly control: readonly string[]
} {
  const isControl = (input: string) => input.startsWith('^')
  return {
    data: node.inputs.filter((input) => !isControl(input)),
    control: node.inputs.filter(isControl).map((input) => input.slice(1)),
  }
}

/** @returns the attributes of a node, read once */
export function attributesOf(node: NodeProto): Attributes {
  const known = attributesByNode.get(node)
  if (known !== undefined) return known
  const attributes = new Attributes(node)
  attributesByNode.set(node, attributes)
  return attributes
}

const attributesByNode = new WeakMap<NodeProto, Attributes>()
