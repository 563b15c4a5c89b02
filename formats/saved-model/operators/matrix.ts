/** Matrix products. */
import { text } from '../../../src/graph/attributes.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { transposedFlow } from '../broadcast.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, inputAt, type Operation, rankAt } from '../operation.js'

/** MatMul, its batched forms, Einsum, and the bias that follows. */
export const matrix: ConversionTable = {
  MatMul: (operation, emitter) => product(operation, emitter, 'transpose_a', 'transpose_b'),
  BatchMatMul: (operation, emitter) => product(operation, emitter, 'adj_x', 'adj_y'),
  BatchMatMulV2: (operation, emitter) => product(operation, emitter, 'adj_x', 'adj_y'),
  BatchMatMulV3: (operation, emitter) => product(operation, emitter, 'adj_x', 'adj_y'),
  Einsum: (operation, emitter) => {
    const inputs = operation.inputs.map((flow) => emitter.plain(flow))
    return emitter.flow(emitter.emit('Einsum', inputs, { equation: text(operation.attributes.text('equation', '')) }))
  },
}

function product(operation: Operation, emitter: FlowEmitter, left: string, right: string): Flow {
  const values = [left, right].map((flag, index) => operand(operation, index, flag, emitter))
  return emitter.flow(emitter.emit('MatMul', values), { operator: 'MatMul', inputs: operation.inputs })
}

function operand(operation: Operation, index: number, flag: string, emitter: FlowEmitter): Value {
  const flow = inputAt(operation, index)
  if (!operation.attributes.bool(flag, false)) return emitter.plain(flow)
  const rank = rankAt(operation, index)
  return transposedFlow(flow, [...range(rank - 2), rank - 1, rank - 2], emitter)
}
