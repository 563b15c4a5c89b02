/** Every operator of PyTorch that can be put into ONNX words. */
import type { OperatorRule, OperatorRules } from '../operator-call.js'
import { activation } from './activation.js'
import { adaptivePooling } from './adaptive-pooling.js'
import { arithmetic } from './arithmetic.js'
import { convolution } from './convolution.js'
import { deviation } from './deviation.js'
import { dropout } from './dropout.js'
import { extremes } from './extremes.js'
import { inPlace } from './in-place.js'
import { limits } from './limits.js'
import { linearAlgebra } from './linear-algebra.js'
import { logic } from './logic.js'
import { normalization } from './normalization.js'
import { norms } from './norms.js'
import { pointwise } from './pointwise.js'
import { pooling } from './pooling.js'
import { reduction } from './reduction.js'
import { running } from './running.js'
import { softmax } from './softmax.js'

/** Each file of rules; a name may stand in one of them only. */
const PARTS: readonly OperatorRules[] = [
  activation,
  adaptivePooling,
  arithmetic,
  convolution,
  deviation,
  dropout,
  extremes,
  limits,
  linearAlgebra,
  logic,
  normalization,
  norms,
  pointwise,
  pooling,
  reduction,
  running,
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
