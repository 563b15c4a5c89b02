/** Arithmetic on whole numbers of 64 bits where a `number` would round them. */
import { type ScriptValue, whole } from '../../script-value.js'
import type { Bound } from '../bound.js'
import type { BuiltInCall } from './built-in.js'

/** The largest int64 is this as a `number`, and nothing else is. */
const LARGEST = 2 ** 63

/** @returns the arguments, exact; `undefined` where one is no whole number that is known before the run */
export function wideNumbersIn({ args }: BuiltInCall): readonly bigint[] | undefined {
  const numbers = args.map(exactWhole).filter((value) => value !== undefined)
  return numbers.length === args.length ? numbers : undefined
}

/** @returns what `compute` gives of the arguments, cut to 64 bits as PyTorch does; `undefined` as `wideNumbersIn` */
export function inWide(call: BuiltInCall, compute: (a: bigint, b: bigint) => bigint): ScriptValue | undefined {
  const [left, right = 0n] = wideNumbersIn(call) ?? []
  return left === undefined ? undefined : whole(BigInt.asIntN(64, compute(left, right)))
}

function exactWhole(value: Bound): bigint | undefined {
  if (value.kind === 'wide') return value.value
  if (value.kind !== 'int' || typeof value.value !== 'number' || !Number.isInteger(value.value)) return undefined
  return value.value === LARGEST ? 2n ** 63n - 1n : BigInt(value.value)
}
