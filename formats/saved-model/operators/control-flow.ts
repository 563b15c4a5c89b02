/**
 * Branches and cases that the run decides, as If of ONNX.
 *
 * @see https://onnx.ai/onnx/operators/onnx__If.html
 */
import { graphAttribute, int } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import { equalDimensions, type Shape } from '../../../src/graph/dimension.js'
import type { Graph, ValueType } from '../../../src/graph/graph.js'
import type { Value } from '../../emission/value.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, type Operation } from '../operation.js'
import { loop } from './loop.js'
import { isOpenList } from './tensor-list.js'

/** If, Case and While. */
export const controlFlow: ConversionTable = {
  If: branch,
  StatelessIf: branch,
  Case: chosen,
  StatelessCase: chosen,
  While: loop,
  StatelessWhile: loop,
}

/** More branches no code written by hand has. */
const MAX_BRANCHES = 256

/** Writes the branch; its outputs must be tensors. */
type Write = () => readonly Flow[]

function branch(operation: Operation, emitter: FlowEmitter): readonly Flow[] {
  const given = emitter.plain(inputAt(operation, 0))
  const isFlag = inputAt(operation, 0).dtype === 'bool'
  const condition = isFlag ? given : emitter.emit('Cast', [given], { to: int(DATA_TYPES.bool.code) })
  const inputs = operation.inputs.slice(1)
  const write = (name: string) => () =>
    called(operation, operation.attributes.functionName(name) ?? '', inputs, emitter)
  return decided(condition, write('then_branch'), write('else_branch'), emitter)
}

/** One If inside the other; a number that stands for none of the branches takes the last. */
function chosen(operation: Operation, emitter: FlowEmitter): readonly Flow[] {
  const names = operation.attributes.functionNames('branches')
  if (names.length === 0 || names.length > MAX_BRANCHES)
    throw cannotConvert(operation, `it has ${names.length} branches`)
  const number = emitter.plain(inputAt(operation, 0))
  const inputs = operation.inputs.slice(1)
  const from = (index: number): readonly Flow[] => {
    const write = () => called(operation, names[index] ?? '', inputs, emitter)
    if (index === names.length - 1) return write()
    const isThis = emitter.emit('Equal', [number, emitter.numbers(index, inputAt(operation, 0).dtype ?? 'int32')])
    return decided(isThis, write, () => from(index + 1), emitter)
  }
  return from(0)
}

/** Tensors from outside, in their first order of axes: what a branch makes of them stays in the branch. */
function called(operation: Operation, name: string, inputs: readonly Flow[], emitter: FlowEmitter): readonly Flow[] {
  return operation.functions.call(
    name,
    inputs.map((flow) => (isOpenList(flow) ? flow : new Flow({ plain: emitter.plain(flow) }, flow.origin))),
  )
}

function decided(condition: Value, whenTrue: Write, whenFalse: Write, emitter: FlowEmitter): readonly Flow[] {
  const [taken, other] = [written('then', whenTrue, emitter), written('else', whenFalse, emitter)]
  const types = taken.types.map((type, index) => common(type, other.types[index], emitter))
  const attributes = { then_branch: graphAttribute(taken.graph), else_branch: graphAttribute(other.graph) }
  return emitter.emitTyped('If', [condition], attributes, types).map((value) => emitter.flow(value))
}

function written(name: string, write: Write, emitter: FlowEmitter) {
  const types: (ValueType | undefined)[] = []
  const graph: Graph = emitter.subgraph(name, () => {
    for (const flow of write()) {
      const value = emitter.plain(flow)
      types.push(value.known.type)
      emitter.output(`${name}_output`, value)
    }
  })
  return { graph, types }
}

/** Sizes in which the branches differ are only known in the run. */
function common(left: ValueType | undefined, right: ValueType | undefined, emitter: FlowEmitter) {
  if (left?.kind !== 'tensor' || right?.kind !== 'tensor') return left
  const sizes = left.shape?.length === right.shape?.length ? right.shape : undefined
  const shape: Shape | undefined =
    sizes &&
    left.shape?.map((size, axis) => (equalDimensions(size, sizes[axis] ?? -1) ? size : emitter.unknownDimension('If')))
  return { ...left, shape }
}
