/** A number for each channel, added to all its elements. */

import { range } from '../../emission/known-numbers.js'
import { inOrder } from '../broadcast.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import type { ConversionTable } from '../operation.js'
import { inputAt, type Operation } from '../operation.js'
import { elementwise } from './elementwise.js'
import { hasChannelsFirst } from './window.js'

/** BiasAdd in both orders of axes. */
export const bias: ConversionTable = { BiasAdd: biased, BiasAddV1: biased }

function biased(operation: Operation, emitter: FlowEmitter): Flow | readonly Flow[] {
  const { rank } = inputAt(operation, 0)
  if (!hasChannelsFirst(operation) || rank === undefined || rank < 3)
    return elementwise.AddV2?.(operation, emitter) ?? []
  const vector = emitter.plain(inputAt(operation, 1))
  const spread = emitter.emit('Unsqueeze', [vector, emitter.numbers(range(rank - 2).map((axis) => axis + 1))])
  const sum = emitter.emit('Add', [emitter.plain(inputAt(operation, 0)), spread])
  return inOrder(sum, false, operation.inputs, 'Add')
}
