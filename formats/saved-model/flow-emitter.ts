/** Writes the graph of one SavedModel: a tensor of TensorFlow may lie there with its channels last or first. */
import { ints } from '../../src/graph/attributes.js'
import { shapeOf } from '../../src/operators/known-value.js'
import { type EmitOptions, GraphEmitter } from '../emission/graph-emitter.js'
import { range } from '../emission/known-numbers.js'
import type { Value } from '../emission/value.js'
import { noTensor } from './emitter-errors.js'
import { Flow, type Origin, withChannelsFirst, withChannelsLast } from './flow.js'

/** Builds the graph of one SavedModel. */
export class FlowEmitter extends GraphEmitter {
  /** @returns the tensor with axes in TensorFlow's order */
  plain(flow: Flow): Value {
    const { plain, channelsFirst } = flow
    if (plain !== undefined) return plain
    if (channelsFirst === undefined) throw noTensor(this.current)
    const rank = shapeOf(channelsFirst.known)?.length ?? 0
    const value = this.emit(
      'Transpose',
      [channelsFirst],
      { perm: ints(withChannelsLast(range(rank))) },
      this.#derived('channels_last'),
    )
    flow.plain = value
    return value
  }

  /** @returns the tensor with its last axis at place 1 */
  channelsFirst(flow: Flow): Value {
    const { plain, channelsFirst } = flow
    if (channelsFirst !== undefined) return channelsFirst
    if (plain === undefined) throw noTensor(this.current)
    const rank = shapeOf(plain.known)?.length ?? 0
    const order = withChannelsFirst(range(rank))
    const value =
      plain.initializer === undefined
        ? this.emit('Transpose', [plain], { perm: ints(order) }, this.#derived('channels_first'))
        : this.transposed(plain.initializer, order)
    flow.channelsFirst = value
    return value
  }

  /** @returns a tensor in TensorFlow's order */
  flow(plain: Value, origin?: Origin): Flow {
    return new Flow({ plain }, origin)
  }

  #derived(hint: string): EmitOptions {
    return { name: this.current === '' ? hint : `${this.current}/${hint}` }
  }
}
