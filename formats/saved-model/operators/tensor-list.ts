/**
 * Lists of tensors: those that are whole are one tensor, those that are being written are only noted, for the loop around.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/TensorListReserve
 */
import { int } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import type { Value } from '../../emission/value.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, type Operation } from '../operation.js'

/** Lists as loops of TensorFlow 2 and Keras write them. */
export const tensorList: ConversionTable = {
  TensorListReserve: noted,
  EmptyTensorList: noted,
  TensorListSetItem: set,
  TensorListPushBack: noted,
  TensorListFromTensor: (operation, emitter) => emitter.flow(emitter.plain(inputAt(operation, 0))),
  TensorListStack: stacked,
  TensorListGetItem: got,
  TensorListLength: (operation, emitter) => {
    const list = inputAt(operation, 0)
    if (list.origin?.operator === 'TensorListReserve') return list.origin.inputs[1] ?? []
    const size = emitter.emit('Shape', [emitter.plain(list)], { start: int(0), end: int(1) })
    const scalar = emitter.emit('Squeeze', [size, emitter.numbers([0])])
    return emitter.flow(emitter.emit('Cast', [scalar], { to: int(DATA_TYPES.int32.code) }))
  },
}

/** More steps back to the start of a list are those of no code written by hand. */
const MAX_WRITES = 4096

/** @returns whether the list is still being written */
export function isOpenList({ plain, channelsFirst, origin }: Flow): boolean {
  return plain === undefined && channelsFirst === undefined && origin !== undefined
}

function noted({ operator, inputs }: Operation): Flow {
  return new Flow({}, { operator, inputs })
}

function set(operation: Operation, emitter: FlowEmitter): Flow {
  const [list, index, item] = [0, 1, 2].map((place) => inputAt(operation, place))
  if (list === undefined || index === undefined || item === undefined) return noted(operation)
  if (isOpenList(list)) return noted(operation)
  const places = emitter.emit('Reshape', [emitter.plain(index), emitter.numbers([1, 1])])
  const rows = emitter.emit('Cast', [places], { to: int(DATA_TYPES.int64.code) })
  const written = emitter.emit('Unsqueeze', [emitter.plain(item), emitter.numbers([0])])
  return emitter.flow(emitter.emit('ScatterND', [emitter.plain(list), rows, written]))
}

function got(operation: Operation, emitter: FlowEmitter): Flow {
  const [list, index] = [inputAt(operation, 0), inputAt(operation, 1)]
  if (!isOpenList(list)) {
    return emitter.flow(emitter.emit('Gather', [emitter.plain(list), emitter.plain(index)], { axis: int(0) }))
  }
  const item = itemsOf(operation, list)[index.numbers?.[0] ?? -1]
  if (item === undefined) throw cannotConvert(operation, 'it reads a list of tensors that is still being written')
  return item
}

/** Items that were written one by one, outside of any loop. */
function stacked(operation: Operation, emitter: FlowEmitter): Flow {
  const list = inputAt(operation, 0)
  if (!isOpenList(list)) return list
  const rows = itemsOf(operation, list).map((item) => unsqueezed(emitter.plain(item), emitter))
  if (rows.length === 0) throw cannotConvert(operation, 'nothing was written to its list of tensors')
  return emitter.flow(emitter.emit('Concat', rows, { axis: int(0) }))
}

const unsqueezed = (value: Value, emitter: FlowEmitter): Value =>
  emitter.emit('Unsqueeze', [value, emitter.numbers([0])])

/** @returns what was written outside of loops, in order; the last write to a place counts */
export function itemsOf(operation: Operation, list: Flow): readonly Flow[] {
  const pushed: Flow[] = []
  const set = new Map<number, Flow>()
  let { origin } = list
  for (let step = 0; step < MAX_WRITES; step += 1) {
    const [before, second, item] = origin?.inputs ?? []
    if (origin?.operator === 'TensorListPushBack' && second !== undefined) pushed.unshift(second)
    else if (origin?.operator === 'TensorListSetItem' && item !== undefined) {
      const place = second?.numbers?.[0] ?? -1
      if (!set.has(place)) set.set(place, item)
    } else break
    origin = before?.origin
  }
  if (set.size === 0) return pushed
  const items = Array.from({ length: set.size }, (_, place) => set.get(place)).filter((item) => item !== undefined)
  if (items.length === set.size) return items
  throw cannotConvert(operation, 'its list of tensors has gaps')
}
