/** Every operator of PyTorch that can be put into ONNX words. */
import type { OperatorRule, OperatorRules } from '../operator-call.js'
import { activation } from './activation.js'
import { adaptivePooling } from './adaptive-pooling.js'
import { antialiasing } from './antialiasing.js'
import { arithmetic } from './arithmetic.js'
import { attention } from './attention.js'
import { comparison } from './comparison.js'
import { conversion } from './conversion.js'
import { convolution } from './convolution.js'
import { creation } from './creation.js'
import { deviation } from './deviation.js'
import { diagonals } from './diagonal.js'
import { differences } from './differences.js'
import { dropout } from './dropout.js'
import { einsum } from './einsum.js'
import { embedding } from './embedding.js'
import { extremes } from './extremes.js'
import { fastAttention } from './fast-attention.js'
import { inPlace } from './in-place.js'
import { indexing } from './indexing.js'
import { joining } from './joining.js'
import { limits } from './limits.js'
import { linearAlgebra } from './linear-algebra.js'
import { logic } from './logic.js'
import { losses } from './losses.js'
import { nested } from './nested.js'
import { normalization } from './normalization.js'
import { norms } from './norms.js'
import { numberRows } from './number-rows.js'
import { padding } from './padding.js'
import { part } from './part.js'
import { pointwise } from './pointwise.js'
import { pooling } from './pooling.js'
import { recurrent } from './recurrent.js'
import { recurrentCells } from './recurrent-cells.js'
import { reduction } from './reduction.js'
import { repetition } from './repetition.js'
import { resampling } from './resampling.js'
import { reshape } from './reshape.js'
import { withLayout } from './result-layout.js'
import { running } from './running.js'
import { shifts } from './shifts.js'
import { size } from './size.js'
import { softmax } from './softmax.js'
import { unpooling } from './unpooling.js'
import { windows } from './windows.js'
import { writing } from './writing.js'

/** Each file of rules; a name may stand in one of them only. */
const PARTS: readonly OperatorRules[] = [
  activation,
  adaptivePooling,
  antialiasing,
  arithmetic,
  attention,
  comparison,
  conversion,
  convolution,
  creation,
  deviation,
  diagonals,
  differences,
  dropout,
  einsum,
  embedding,
  extremes,
  fastAttention,
  indexing,
  joining,
  limits,
  linearAlgebra,
  logic,
  losses,
  nested,
  normalization,
  norms,
  numberRows,
  padding,
  part,
  pointwise,
  pooling,
  recurrent,
  recurrentCells,
  reduction,
  repetition,
  resampling,
  reshape,
  running,
  shifts,
  size,
  softmax,
  unpooling,
  windows,
  writing,
]

const RULES: ReadonlyMap<string, OperatorRule> = new Map(
  PARTS.flatMap((part) => Object.entries(part).map(([name, rule]) => [name, withLayout(name, rule)])),
)

/** @returns the rule of an operator of `aten`; `undefined` for one that is not known */
export function findOperator(name: string): OperatorRule | undefined {
  const own = RULES.get(name)
  if (own !== undefined || !/[a-z0-9]_$/.test(name)) return own
  const pure = RULES.get(name.slice(0, -1))
  return pure && inPlace(pure)
}
