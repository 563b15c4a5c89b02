/** Max pooling undone: the largest elements go back to their places, zeros lie around them. */
import { int } from '../../../src/graph/attributes.js'
import { type Dimension, product } from '../../../src/graph/dimension.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { like } from './operands.js'

/** @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html */
export const unpooling: OperatorRules = {
  max_unpool2d: unpooled(2),
  max_unpool3d: unpooled(3),
}

/** `self` and `indices` [N, C, ...] or [C, ...]; a place is counted within its map of the output. */
function unpooled(axes: number): OperatorRule {
  return (call, emitter) => {
    const outer = call.shape(0, 'self').slice(0, -axes)
    const sizes = call.sizes(2, 'output_size').slice(-axes)
    const x = call.value(0, 'self')
    const flat = emitter.numbers([...outer.map(() => 0), -1])
    const [values, places] = [x, call.value(1, 'indices')].map((value) => emitter.emit('Reshape', [value, flat]))
    const empty = emitter.emit('Expand', [like(0, x, emitter), sizesOf([...outer, product(sizes)], call, emitter)])
    const filled = emitter.emit('ScatterElements', [empty, places, values], { axis: int(outer.length) })
    return emitter.tensor('Reshape', [filled, sizesOf([...outer.map(() => 0), ...sizes], call, emitter)])
  }
}

function sizesOf(sizes: readonly Dimension[], call: OperatorCall, emitter: TorchEmitter) {
  const open = sizes.find((size) => typeof size !== 'number')
  const value = emitter.sizes(sizes)
  if (value === undefined && open !== undefined) throw new OpenSize(open, undefined)
  return value ?? call.refuse('its output has no size')
}
