/** Operators that put a margin round a tensor. */
import { text } from '../../../src/graph/attributes.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { sizesValue } from './call-axes.js'
import { operandOf } from './operands.js'

/** pad and its kinds. */
export const padding: OperatorRules = {
  pad: (call, emitter) => {
    const mode = call.text(2, 'mode', 'constant')
    const onnx = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined
    if (onnx === undefined) return call.refuse(`its mode is ${mode}`)
    return padded(call, call.sizes(1, 'pad'), onnx, call.at(3, 'value'), emitter)
  },
  constant_pad_nd: (call, emitter) => padded(call, call.sizes(1, 'pad'), 'constant', call.at(2, 'value'), emitter),
  _pad_circular: (call, emitter) => padded(call, call.sizes(1, 'pad'), 'wrap', undefined, emitter),
  reflection_pad1d: margin('reflect'),
  reflection_pad2d: margin('reflect'),
  reflection_pad3d: margin('reflect'),
  replication_pad1d: margin('edge'),
  replication_pad2d: margin('edge'),
  replication_pad3d: margin('edge'),
}

/** Names of PyTorch and of ONNX. */
const MODES: Readonly<Record<string, string>> = {
  constant: 'constant',
  reflect: 'reflect',
  replicate: 'edge',
  circular: 'wrap',
}

function margin(mode: string): OperatorRule {
  return (call, emitter) => padded(call, call.sizes(1, 'padding'), mode, undefined, emitter)
}

/** Pairs of begin and end stand from the last axis on; ONNX wants all begins, then all ends. */
function padded(
  call: OperatorCall,
  pads: readonly Dimension[],
  mode: string,
  fill: ScriptValue | undefined,
  emitter: TorchEmitter,
): ScriptValue {
  const value = call.value(0, 'self')
  const count = Math.floor(pads.length / 2)
  const { length } = call.shape(0, 'self', { rank: mode === 'constant' ? Math.max(count, 4) : count + 2 })
  if (pads.every((size) => size === 0)) return tensor(value)
  // Every axis is named: onnxruntime 1.30 fails where it moves a Transpose past a Pad of some axes.
  const sizes = [0, 1].flatMap((side) => range(length).map((axis) => pads[2 * (length - 1 - axis) + side] ?? 0))
  const isPlain = fill === undefined || fill.kind === 'none'
  const element = isPlain ? undefined : operandOf(fill, call.tensor(0, 'self').dtype, call, emitter)
  const inputs = [value, sizesValue(sizes, emitter), element]
  return emitter.tensor('Pad', inputs, mode === 'constant' ? {} : { mode: text(mode) })
}
