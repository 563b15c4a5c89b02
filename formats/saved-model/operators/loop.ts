/**
 * While as Loop of ONNX: variables that stay are read from outside, lists that are written step by step become scan outputs.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Loop.html
 */
import { graphAttribute, int } from '../../../src/graph/attributes.js'
import { equalDimensions, type Shape } from '../../../src/graph/dimension.js'
import type { Graph, ValueType } from '../../../src/graph/graph.js'
import type { Value } from '../../emission/value.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { cannotConvert, inputAt, type Operation } from '../operation.js'
import { countsUp, type Limits, limitsOf, tripCount } from '../trip-count.js'
import { isOpenList, itemsOf } from './tensor-list.js'

const FLAG: ValueType = { kind: 'tensor', dtype: 'bool', shape: [] }
const COUNTER: ValueType = { kind: 'tensor', dtype: 'int64', shape: [] }
/** Sizes that change from step to step are left open in a second attempt. */
const MAX_ATTEMPTS = 2

/** What a loop knows before its body is written. */
interface Plan {
  readonly operation: Operation
  readonly variables: readonly Flow[]
  readonly isKept: (slot: number) => boolean
  readonly limits: Limits
  readonly emitter: FlowEmitter
}

/** The body, and what became of the variables in it. */
interface Body {
  readonly graph: Graph
  /** Slots of the carried variables, in the order of the body's inputs. */
  readonly carried: readonly number[]
  readonly types: readonly (ValueType | undefined)[]
  /** Slots of lists and what a step writes to them, in the order of the scan outputs. */
  readonly lists: readonly Written[]
  readonly isCounted: boolean
  readonly areSizesKept: boolean
}

/** An item that each step writes to a list; `last` when all go to one place. */
interface Written {
  readonly slot: number
  readonly type: ValueType | undefined
  readonly last: boolean
  /** Items that were there before the first step. */
  readonly prior: readonly Flow[]
}

/** @returns the variables after the last step */
export function loop(operation: Operation, emitter: FlowEmitter): readonly Flow[] {
  const handedOn = operation.functions.handedOn(functionOf(operation, 'body'))
  const isKept = (slot: number) => slot >= 0 && handedOn[slot] === slot
  const variables = operation.inputs.map((flow) =>
    isOpenList(flow) ? flow : new Flow({ plain: emitter.plain(flow) }, flow.origin),
  )
  const [condition] = operation.functions.call(functionOf(operation, 'cond'), variables)
  if (condition === undefined) throw cannotConvert(operation, 'it has no condition')
  const plan = { operation, variables, isKept, limits: limitsOf(condition, variables, isKept), emitter }
  const body = settledBody(plan)
  const trips =
    plan.limits.limits.length > 0 && body.isCounted ? tripCount(plan.limits.limits, variables, emitter) : undefined
  const isExact = trips !== undefined && plan.limits.isWhole
  const inputs = [trips, isExact ? undefined : emitter.plain(condition)]
  const carried = body.carried.map((slot) => emitter.plain(inputAt(operation, slot)))
  const types = [...body.types, ...body.lists.map(({ type }) => stackedType(type, trips, emitter))]
  const values = emitter.emitTyped('Loop', [...inputs, ...carried], { body: graphAttribute(body.graph) }, types)
  return results(variables, body, values, emitter)
}

function settledBody(plan: Plan): Body {
  let types: readonly (ValueType | undefined)[] = plan.variables.map((flow) => flow.plain?.known.type)
  for (let attempt = 1; ; attempt += 1) {
    const body = writeBody(plan, types)
    if (body.areSizesKept || attempt === MAX_ATTEMPTS) return body
    types = types.map((type, slot) => {
      const place = body.carried.indexOf(slot)
      return place < 0 ? type : body.types[place]
    })
  }
}

function writeBody(plan: Plan, types: readonly (ValueType | undefined)[]): Body {
  const { operation, variables, isKept, emitter } = plan
  const carried: number[] = []
  const found: (ValueType | undefined)[] = []
  let [lists, isCounted, areSizesKept]: [Written[], boolean, boolean] = [[], false, true]
  const graph = emitter.subgraph('body', () => {
    emitter.input('iteration', COUNTER)
    const going = emitter.input('going', FLAG)
    const before = variables.map((flow, slot) => {
      if (isKept(slot) || isOpenList(flow))
        return isOpenList(flow) ? flow : new Flow({ plain: emitter.plain(flow) }, flow.origin)
      carried.push(slot)
      return new Flow({ plain: emitter.input(`carried_${slot}`, types[slot] ?? FLAG) })
    })
    const after = operation.functions.call(functionOf(operation, 'body'), before)
    isCounted = plan.limits.limits.every(({ slot }) => countsUp(before[slot], after[slot]))
    const isExact = isCounted && plan.limits.limits.length > 0 && plan.limits.isWhole
    emitter.output('goes_on', isExact ? going : nextCondition(operation, after, emitter))
    for (const slot of carried) {
      const value = emitter.plain(afterAt(operation, after, slot))
      const kept = merged(types[slot], value.known.type, emitter)
      areSizesKept &&= kept.isSame
      found.push(kept.type)
      emitter.output(`next_${slot}`, value)
    }
    lists = writeLists(plan, before, after)
  })
  return { graph, carried, types: found, lists, isCounted, areSizesKept }
}

function nextCondition(operation: Operation, after: readonly Flow[], emitter: FlowEmitter): Value {
  const [condition] = operation.functions.call(functionOf(operation, 'cond'), after)
  if (condition === undefined) throw cannotConvert(operation, 'it has no condition')
  return emitter.plain(condition)
}

/** The items that a step writes are outputs of the body. */
function writeLists(plan: Plan, before: readonly Flow[], after: readonly Flow[]): Written[] {
  const { variables, emitter } = plan
  const written: Written[] = []
  for (const [slot, list] of variables.entries()) {
    if (!isOpenList(list) || after[slot] === before[slot]) continue
    const { item, last = false, prior = [] } = itemWritten(plan, before, after, slot)
    const value = emitter.plain(item)
    emitter.output(`item_${slot}`, value)
    written.push({ slot, last, prior, type: value.known.type })
  }
  return written
}

function itemWritten(
  { operation, variables }: Plan,
  before: readonly Flow[],
  after: readonly Flow[],
  slot: number,
): { readonly item: Flow; readonly last?: boolean; readonly prior?: readonly Flow[] } {
  const { operator, inputs } = after[slot]?.origin ?? { operator: '', inputs: [] }
  const [list, second, third] = inputs
  const prior = itemsOf(operation, inputAt(operation, slot))
  if (list === before[slot] && operator === 'TensorListPushBack' && second !== undefined) return { item: second, prior }
  if (list !== before[slot] || operator !== 'TensorListSetItem' || second === undefined || third === undefined)
    throw cannotConvert(operation, 'a list of tensors is written other than once in each step')
  const counter = before.indexOf(second)
  const isNext = counter >= 0 && countsUp(second, after[counter]) && variables[counter]?.numbers?.[0] === prior.length
  if (isNext) return { item: third, prior }
  const [length] = variables[slot]?.origin?.inputs[1]?.numbers ?? []
  if (length === 1 && second.numbers?.join() === '0') return { item: third, last: true }
  throw cannotConvert(operation, 'a list of tensors is not written one item after the other')
}

function results(variables: readonly Flow[], body: Body, values: readonly Value[], emitter: FlowEmitter): Flow[] {
  const given = new Map<number, Flow>()
  for (const [index, slot] of body.carried.entries()) {
    const value = values[index]
    if (value !== undefined) given.set(slot, emitter.flow(value))
  }
  for (const [index, { slot, last, prior }] of body.lists.entries()) {
    const value = values[body.carried.length + index]
    if (value === undefined) continue
    const rows = last ? emitter.emit('Slice', [value, emitter.numbers([-1]), emitter.numbers([END])]) : value
    const before = prior.map((item) => emitter.emit('Unsqueeze', [emitter.plain(item), emitter.numbers([0])]))
    given.set(
      slot,
      emitter.flow(before.length === 0 ? rows : emitter.emit('Concat', [...before, rows], { axis: int(0) })),
    )
  }
  return variables.map((flow, slot) => given.get(slot) ?? flow)
}

const END = Number.MAX_SAFE_INTEGER

function stackedType(type: ValueType | undefined, trips: Value | undefined, emitter: FlowEmitter) {
  if (type?.kind !== 'tensor' || type.shape === undefined) return type
  const [length] = trips?.known.elements ?? []
  const steps = length === undefined || typeof length === 'string' ? emitter.unknownDimension('Loop') : length
  return { ...type, shape: [steps, ...type.shape] }
}

/** Sizes that a step changes are only known in the run. */
function merged(before: ValueType | undefined, after: ValueType | undefined, emitter: FlowEmitter) {
  if (before?.kind !== 'tensor' || after?.kind !== 'tensor') return { type: after, isSame: true }
  const sizes = after.shape
  if (before.shape === undefined || sizes === undefined || before.shape.length !== sizes.length)
    return { type: { ...after, shape: undefined }, isSame: before.shape === sizes }
  const differs = before.shape.map((size, axis) => !equalDimensions(size, sizes[axis] ?? -1))
  const shape: Shape = before.shape.map((size, axis) => (differs[axis] ? emitter.unknownDimension('Loop') : size))
  return { type: { ...after, shape }, isSame: !differs.includes(true) }
}

function afterAt(operation: Operation, after: readonly Flow[], slot: number): Flow {
  const flow = after[slot]
  if (flow !== undefined) return flow
  throw cannotConvert(operation, `its body gives ${after.length} variables`)
}

function functionOf(operation: Operation, name: string): string {
  return operation.attributes.functionName(name) ?? ''
}
