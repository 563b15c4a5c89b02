/** How results lie in memory: what is made of tensors in another order keeps that order in most operators of PyTorch. */
import type { OperatorRule } from '../operator-call.js'
import { ScriptTensor, type ScriptValue } from '../script-value.js'

/** These write row after row, however what they read lies. */
const ROW_AFTER_ROW = /^(contiguous|view_copy|reshape|reshape_as|flatten|ravel|linear|matmul|mm|bmm|addmm|baddbmm)$/

/** These may give another order although what they read lies row after row. */
const OWN_ORDER =
  /^(lstm|gru|rnn_tanh|rnn_relu|scaled_dot_product_attention|index|einsum|rot90|unfold|diagonal|as_strided|linalg_\w+)$/

/** @returns the rule, whose new tensors say whether they surely lie row after row */
export function withLayout(name: string, rule: OperatorRule): OperatorRule {
  if (ROW_AFTER_ROW.test(name)) return rule
  return (call, emitter) => {
    const result = rule(call, emitter)
    const read = new Set(tensorsOf([...call.args, ...call.named.values()]))
    const isKept = !OWN_ORDER.test(name) && [...read].every(({ layout }) => layout === 'contiguous')
    if (!isKept) for (const made of tensorsOf([result])) if (!made.isView && !read.has(made)) made.layout = 'unknown'
    return result
  }
}

/** Lists of lists are none that operators read. */
function tensorsOf(values: readonly ScriptValue[]): readonly ScriptTensor[] {
  const items = values.flatMap((value) => (value.kind === 'list' || value.kind === 'tuple' ? value.items : [value]))
  return items.filter((value) => value instanceof ScriptTensor)
}
