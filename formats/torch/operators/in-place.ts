/** Operators whose name ends in `_` give their first argument a new content: what the operator without `_` makes of it. */
import type { OperatorRule } from '../operator-call.js'
import { cast } from './operands.js'

/** @returns the rule that assigns what `pure` gives to the first argument; its element type stays */
export function inPlace(pure: OperatorRule): OperatorRule {
  return (call, emitter) => {
    const self = call.args[0] ?? call.named.get('self') ?? call.named.get('input')
    const result = pure(call, emitter)
    if (self?.kind !== 'tensor' || result.kind !== 'tensor') return call.refuse('it does not change a tensor')
    return self.assign(cast(result.value, self.dtype, emitter))
  }
}
