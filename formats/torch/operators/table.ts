/** Every operator of PyTorch that can be put into ONNX words. */
import type { OperatorRule, OperatorRules } from '../operator-call.js'
import { activation } from './activation.js'
import { adaptivePooling } from './adaptive-pooling.js'
import { arithmetic } from './arithmetic.js'
import { convolution } from './convolution.js'
import { dropout } from './dropout.js'
import { inPlace } from './in-place.js'
import { limits } from './limits.js'
import { linearAlgebra } from './linear-algebra.js'
import { logic } from './logic.js'
import { pointwise } from './pointwise.js'
import { pooling } from './pooling.js'
import { softmax } from './softmax.js'

/** Each file of rules; a name may stand in one of them only. */
const PARTS: readonly OperatorRules[] = [
  activation,
  adaptivePooling,
  arithmetic,
  convolution,
  dropout,
  limits,
  linearAlgebra,
  logic,
  pointwise,
  pooling,
  softmax,
]

const RULES: ReadonlyMap<string, OperatorRule> = new Map(PARTS.flatMap((part) => Object.entries(part)))

/** @returns the rule of an operator of `aten`; `undefined` for one that is not known */
export function findOperator(name: string): OperatorRule | undefined {
  const own = RULES.get(name)
  if (own !== undefined || !/[a-z0-9]_$/.test(name)) return own
  const pure = RULES.get(name.slice(0, -1))
  return pure && inPlace(pure)
}
