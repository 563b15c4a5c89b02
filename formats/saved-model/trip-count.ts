/** How often a loop of TensorFlow runs, where its condition compares counters with limits that stay. */
import { int } from '../../src/graph/attributes.js'
import { DATA_TYPES } from '../../src/graph/data-type.js'
import type { Value } from '../emission/value.js'
import type { Flow } from './flow.js'
import type { FlowEmitter } from './flow-emitter.js'

/** A loop variable that has to stay below a limit. */
export interface Limit {
  /** Position among the loop's variables. */
  readonly slot: number
  readonly limit: Flow
}

/** What a condition asks for. */
export interface Limits {
  readonly limits: readonly Limit[]
  /** True when nothing else is asked for. */
  readonly isWhole: boolean
}

/** More terms no loop has. */
const MAX_TERMS = 16

/**
 * @param condition - computed from `variables`
 * @param variables - the loop's variables before the first step
 * @param isKept - whether a variable stays the same
 */
export function limitsOf(condition: Flow, variables: readonly Flow[], isKept: (slot: number) => boolean): Limits {
  const limits: Limit[] = []
  let isWhole = true
  const terms: (Flow | undefined)[] = [condition]
  for (let index = 0; index < terms.length && index < MAX_TERMS; index += 1) {
    const { operator = '', inputs = [] } = terms[index]?.origin ?? {}
    if (operator === 'LogicalAnd') {
      terms.push(...inputs)
      continue
    }
    const [small, large] = operator === 'Greater' ? inputs.toReversed() : inputs
    const slot = small === undefined ? -1 : variables.indexOf(small)
    const isFixed = large !== undefined && (large.numbers?.length === 1 || isKept(variables.indexOf(large)))
    if ((operator === 'Less' || operator === 'Greater') && slot >= 0 && large !== undefined && isFixed)
      limits.push({ slot, limit: large })
    else isWhole = false
  }
  return { limits, isWhole }
}

/** @returns whether a variable is one more after each step */
export function countsUp(before: Flow | undefined, after: Flow | undefined): boolean {
  if (before === undefined || after?.origin?.operator !== 'Add') return false
  const [left, right] = after.origin.inputs
  return (left === before && right?.numbers?.join() === '1') || (right === before && left?.numbers?.join() === '1')
}

/** @returns the least of `limit - start`, int64, a constant where it can be */
export function tripCount(limits: readonly Limit[], variables: readonly Flow[], emitter: FlowEmitter): Value {
  const known = limits.map(({ slot, limit }) => difference(limit.numbers, variables[slot]?.numbers))
  const numbers = known.filter((trips) => trips !== undefined)
  if (numbers.length === known.length) return emitter.numbers(Math.max(0, Math.min(...numbers)))
  const values = limits.map(({ slot, limit }) => {
    const start = variables[slot]
    const trips = start?.numbers?.join() === '0' ? limit : undefined
    const value =
      trips === undefined && start !== undefined
        ? emitter.emit('Sub', [emitter.plain(limit), emitter.plain(start)])
        : emitter.plain(limit)
    return emitter.emit('Cast', [value], { to: int(DATA_TYPES.int64.code) })
  })
  const [first] = values
  return values.length === 1 && first !== undefined ? first : emitter.emit('Min', values)
}

function difference(end: readonly number[] | undefined, start: readonly number[] | undefined): number | undefined {
  const [to, from] = [end?.[0], start?.[0]]
  return to === undefined || from === undefined ? undefined : to - from
}
