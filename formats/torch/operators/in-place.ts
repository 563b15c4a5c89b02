/** Operators whose name ends in `_` give their first argument a new content: what the operator without `_` makes of it. */
import { OperatorCall, type OperatorRule } from '../operator-call.js'
import { cast } from './operands.js'

/** @returns the rule that assigns what `pure` gives to the first argument; its element type stays */
export function inPlace(pure: OperatorRule): OperatorRule {
  return (call, emitter) => {
    // The operator without `_` may call its first argument something else, so it is given by position.
    const { self = call.args[0], ...named } = Object.fromEntries(call.named)
    if (self?.kind !== 'tensor') return call.refuse('it does not change a tensor')
    const given = new OperatorCall(
      call.name,
      [self, ...call.args.slice(1)],
      new Map(Object.entries(named)),
      call.overload,
    )
    const result = pure(given, emitter)
    if (result.kind !== 'tensor') return call.refuse('it does not give a tensor')
    if (result.isView) self.layout = result.layout
    return self.assign(cast(result.value, self.dtype, emitter))
  }
}
