/** Sequences of several lengths in one tensor, as layers of encoders pass them on while they are only evaluated. */
import { int } from '../../../src/graph/attributes.js'
import { equalDimensions } from '../../../src/graph/dimension.js'
import type { Value } from '../../emission/value.js'
import { NestedTensor } from '../nested-tensor.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { bool, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { sizeValue } from './call-axes.js'
import { cast, like } from './operands.js'

/** Padded sequences to nested ones, and back. */
export const nested: OperatorRules = {
  _nested_tensor_from_mask: nestedFromMask,
  _nested_tensor_from_mask_left_aligned: plainInstead,
  to_padded_tensor: padded,
}

/** Scripted code asks this before it leaves padding out, which saves time alone: it is told to go the plain way. */
function plainInstead(_: OperatorCall, emitter: TorchEmitter): ScriptValue {
  emitter.assumptions.add('places of padding are computed like others: with torch.no_grad() PyTorch leaves zeros there')
  return bool(false)
}

/** t [N, S, E]; mask [N, S], true for each place that is kept: as many from the start as it has. */
function nestedFromMask(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const size = call.shape(0, 't')[1] ?? 1
  const kept = cast(cast(call.value(1, 'mask'), 'bool', emitter), 'int64', emitter)
  const lengths = emitter.emit('ReduceSum', [kept, emitter.numbers([1])], { keepdims: int(1) })
  const count = emitter.emit('Squeeze', [sizeValue(size, emitter), emitter.numbers([0])])
  const places = emitter.emit('Range', [emitter.numbers(0), count, emitter.numbers(1)])
  return new NestedTensor(call.value(0, 't'), emitter.emit('Less', [places, lengths]))
}

/** The sizes are those that it had before. */
function padded(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const source = call.tensor(0, 'self')
  if (!(source instanceof NestedTensor)) return call.refuse('it reads a tensor that is not nested')
  const { shape } = tensor(source.padded)
  const sizes = call.has(2, 'output_size') ? call.sizes(2, 'output_size') : []
  if (shape === undefined || !shape.every((size, axis) => equalDimensions(size, sizes[axis] ?? -1)))
    return call.refuse('it pads to other sizes than those before')
  const conditions = emitter.emit('Unsqueeze', [source.isKept, emitter.numbers([2])])
  const fill = like(call.number(1, 'padding'), source.padded, emitter)
  return tensor(emitter.emit('Where', [conditions, source.padded, fill]))
}

/** @returns a mask for the keys of all heads and queries, [N, 1, 1, S] */
export function keptKeys({ isKept }: NestedTensor, emitter: TorchEmitter): Value {
  return emitter.emit('Unsqueeze', [isKept, emitter.numbers([1, 2])])
}
