/** Gives a classifier a last layer for another number of classes; the layers before keep what they learned. */
import { UnsupportedError, UsageError } from '../../core/errors.js'
import type { Initializer, ModelGraph, Node, ValueInfo } from '../../graph/graph.js'
import { memoryInitializer } from '../../graph/memory-initializer.js'
import type { InputBindings } from '../../operators/bindings.js'
import { inferTypes } from '../../operators/infer.js'
import { shapeOf } from '../../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'
import { findLastLayer, type LastLayer } from './last-layer.js'
import { withoutUnread } from './unread.js'
import { refuseUntrainable } from './untrainable.js'

/** The model with its new head, and the names of its constants, which hold zeros. */
export interface ModelWithHead {
  readonly model: ModelGraph
  readonly head: ReadonlySet<string>
}

/**
 * @returns how many classes an output tells apart, if that is known
 * @throws {UnsupportedError} `E_TRAINING_OUTPUT`, `E_NO_WEIGHTS` for a model that is none to train
 */
export function classesOf(model: ModelGraph, bindings: InputBindings, output?: string): number | undefined {
  const { main } = inferTypes(model, bindings)
  const name = output ?? main.outputs[0] ?? ''
  refuseUntrainable(main, name)
  const classes = shapeOf(main.values.get(name))?.[1]
  return typeof classes === 'number' ? classes : undefined
}

/**
 * @param output - the first of the model when left out
 * @returns the model itself where it has as many classes already
 * @throws {UnsupportedError} `E_HEAD` where the last layer is not found or is no plain one
 */
export function withClasses(
  model: ModelGraph,
  classes: number,
  bindings: InputBindings,
  output = model.main.outputs[0]?.name ?? '',
): ModelWithHead {
  if (!Number.isSafeInteger(classes) || classes < 2) {
    throw new UsageError('E_CLASSES', `the number of classes is ${classes}, expected a whole number, at least 2`)
  }
  const before = classesOf(model, bindings, output)
  if (before === classes) return { model, head: new Set() }
  if (before === undefined) throw new UnsupportedError('E_HEAD', `output "${output}" does not tell its classes`)
  const { main: trace } = inferTypes(model, bindings)
  const change = new HeadChange(trace, before, classes)
  change.replaceAll(findLastLayer(trace, output))
  return { model: change.applyTo(model), head: change.head }
}

/** Constants of the head: which input of which node gets which new one. */
class HeadChange {
  readonly head = new Set<string>()
  readonly #trace: GraphTrace
  readonly #before: number
  readonly #classes: number
  readonly #constants = new Map<string, Initializer>()
  readonly #inputs = new Map<Node, Map<number, string>>()

  constructor(trace: GraphTrace, before: number, classes: number) {
    this.#trace = trace
    this.#before = before
    this.#classes = classes
  }

  replaceAll({ layer, bias, reshapes }: LastLayer): void {
    const { node } = layer
    this.#weight(layer, 1, outputAxis(layer))
    if (node.operator !== 'MatMul' && (node.inputs[2] ?? '') !== '') this.#bias(layer, 2)
    if (bias !== undefined) this.#bias(bias.trace, bias.position)
    for (const reshape of reshapes) this.#sizes(reshape)
  }

  /** Nodes and initializers that nothing reads any more go; annotations of sizes are dropped. */
  applyTo(model: ModelGraph): ModelGraph {
    const nodes = model.main.nodes.map((node) => {
      const changed = this.#inputs.get(node)
      return changed === undefined ? node : { ...node, inputs: node.inputs.map((name, at) => changed.get(at) ?? name) }
    })
    const initializers = new Map([...model.main.initializers, ...this.#constants])
    const outputs = model.main.outputs.map((value) => this.#outputType(value))
    return withoutUnread({ ...model, main: { ...model.main, nodes, initializers, outputs, valueInfos: new Map() } })
  }

  #outputType(value: ValueInfo): ValueInfo {
    const { type } = value
    if (type?.kind !== 'tensor' || type.shape === undefined) return value
    const shape = type.shape.map((size, axis) => (axis > 0 && size === this.#before ? this.#classes : size))
    return { ...value, type: { ...type, shape } }
  }

  #weight(layer: NodeTrace, position: number, axis: number): void {
    const shape = fixedShape(layer, position)
    if (shape[axis] !== this.#before) throw unusual(layer, `its weight is [${shape.join(', ')}]`)
    this.#zeros(layer, position, shape.with(axis, this.#classes))
  }

  #bias(trace: NodeTrace, position: number): void {
    const shape = fixedShape(trace, position)
    const axis = shape.indexOf(this.#before)
    if (axis < 0) throw unusual(trace, `its bias is [${shape.join(', ')}]`)
    this.#zeros(trace, position, shape.with(axis, this.#classes))
  }

  #zeros(trace: NodeTrace, position: number, shape: readonly number[]): void {
    const old = trace.node.inputs[position] ?? ''
    const name = this.#trace.initializers.has(old) && this.#isReadOnce(old) ? old : `${old || trace.path}/head`
    const count = shape.reduce((product, size) => product * size, 1)
    this.#constants.set(name, memoryInitializer(name, new Float32Array(count), shape))
    this.head.add(name)
    this.#change(trace.node, position, name)
  }

  #sizes(reshape: NodeTrace): void {
    const sizes = reshape.context.numbers(1)
    if (sizes?.includes(this.#before) !== true) return
    const changed = sizes.map((size) => (size === this.#before ? this.#classes : size))
    const name = `${reshape.node.inputs[1]}/head`
    this.#constants.set(name, memoryInitializer(name, BigInt64Array.from(changed, BigInt), [changed.length]))
    this.#change(reshape.node, 1, name)
  }

  #change(node: Node, position: number, name: string): void {
    this.#inputs.set(node, (this.#inputs.get(node) ?? new Map()).set(position, name))
  }

  #isReadOnce(name: string): boolean {
    const readers = this.#trace.nodes.flatMap(({ node }) => node.inputs.filter((input) => input === name))
    return readers.length === 1
  }
}

/** Where the weight of a layer counts what the layer gives. */
function outputAxis(layer: NodeTrace): number {
  const { operator } = layer.node
  if (operator === 'MatMul') return 1
  if (operator === 'Gemm') return layer.context.int('transB', 0) === 1 ? 0 : 1
  if (layer.context.int('group', 1) !== 1) throw unusual(layer, 'it has groups')
  return 0
}

function fixedShape(trace: NodeTrace, position: number): readonly number[] {
  const shape = shapeOf(trace.inputs[position])
  if (shape?.every((size): size is number => typeof size === 'number') === true) return shape
  throw unusual(trace, 'its weight has no fixed shape')
}

function unusual({ node, path }: NodeTrace, why: string): UnsupportedError {
  return new UnsupportedError('E_HEAD', `the last layer, ${node.operator} "${path}", gets no new head: ${why}`, {
    hint: 'export the model with as many classes as the labels have',
  })
}
