/** Every operator of PyTorch that can be put into ONNX words. */
import type { OperatorRule, OperatorRules } from '../operator-call.js'
import { inPlace } from './in-place.js'
import { linearAlgebra } from './linear-algebra.js'

/** Each file of rules; a name may stand in one of them only. */
const PARTS: readonly OperatorRules[] = [linearAlgebra]

const RULES: ReadonlyMap<string, OperatorRule> = new Map(PARTS.flatMap((part) => Object.entries(part)))

/** @returns the rule of an operator of `aten`; `undefined` for one that is not known */
export function findOperator(name: string): OperatorRule | undefined {
  const own = RULES.get(name)
  if (own !== undefined || !/[a-z0-9]_$/.test(name)) return own
  const pure = RULES.get(name.slice(0, -1))
  return pure && inPlace(pure)
}
