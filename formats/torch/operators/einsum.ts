/** Sums of products named by letters. @see https://docs.pytorch.org/docs/stable/generated/torch.einsum.html */
import { text } from '../../../src/graph/attributes.js'
import type { OperatorRules } from '../operator-call.js'
import { cast } from './operands.js'
import { resultType } from './type-promotion.js'

/** einsum. */
export const einsum: OperatorRules = {
  einsum: (call, emitter) => {
    const tensors = call.tensors(1, 'tensors')
    const dtype = resultType(tensors)
    const values = tensors.map(({ value }) => cast(value, dtype, emitter))
    return emitter.tensor('Einsum', values, { equation: text(call.text(0, 'equation').replaceAll(' ', '')) })
  },
}
