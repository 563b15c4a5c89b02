/** RNN around LSTMCell, GRUCell and SimpleRNNCell, one or several on top of each other. */
import { Fields } from '../fields.js'
import type { Hdf5Dataset } from '../hdf5.js'
import type { LayerCall } from '../layer-call.js'
import { snakeCase } from '../weights.js'
import { recurrentOperator } from './recurrent-operator.js'
import type { SequenceKind, SequenceResult } from './sequence.js'

const CELLS: Readonly<Record<string, SequenceKind>> = {
  SimpleRNNCell: recurrentOperator('SimpleRNN'),
  LSTMCell: recurrentOperator('LSTM'),
  GRUCell: recurrentOperator('GRU'),
}

/** Each cell runs over the whole sequence before the next one does, which changes nothing: no cell sees those above it. */
export const recurrentCells: SequenceKind = {
  convert(call, task) {
    let { input } = task
    let [weights, initial] = [orderedWeights(call), task.initial]
    let result: SequenceResult | undefined
    const states = []
    for (const [index, { className, config }] of cellsOf(call).entries()) {
      const kind = cellOf(call, className)
      const part = call.part(`cell_${index}`, { className, config, inputs: [input], weights })
      const ownStates = className === 'LSTMCell' ? 2 : 1
      result = kind.convert(part, { ...task, input, initial: initial.slice(0, ownStates) })
      initial = initial.slice(ownStates)
      weights = weights.slice(kind.weightCount(part, weights))
      states.push(...result.states)
      input = { ...result.steps, mask: task.input.mask }
    }
    if (result === undefined) throw call.refuse('it has no cells')
    return { ...result, states }
  },
  weightCount(call, all) {
    const part = (config: Fields, className: string) =>
      call.part('count', { className, config, inputs: [], weights: all })
    const counts = cellsOf(call).map(({ className, config }) =>
      cellOf(call, className).weightCount(part(config, className), all),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  },
}

interface CellConfig {
  readonly className: string
  readonly config: Fields
}

function cellOf(call: LayerCall, className: string): SequenceKind {
  const cell = Object.hasOwn(CELLS, className) ? CELLS[className] : undefined
  if (cell === undefined)
    throw call.refuse(`there is no converter for its cell ${JSON.stringify(className.slice(0, 60))}`)
  return cell
}

function cellsOf(call: LayerCall): readonly CellConfig[] {
  const cell = readCell(call, call.config.get('cell'))
  if (cell.className !== 'StackedRNNCells') return [cell]
  if (cell.config.flag('reverse_state_order')) throw call.refuse('reverse_state_order is set')
  const list = cell.config.get('cells')
  if (!Array.isArray(list)) throw call.refuse('it has no list of cells')
  return list.map((entry) => readCell(call, entry))
}

function readCell(call: LayerCall, value: unknown): CellConfig {
  const fields = new Fields(value ?? {}, `${call.state.path}.cell`)
  const className = fields.text('class_name')?.replace(/^.*>/, '') ?? 'no cell'
  return { className, config: fields.object('config') ?? new Fields({}, className) }
}

/** An archive has the cells in the order of their names, which count those of each class. */
function orderedWeights(call: LayerCall): readonly Hdf5Dataset[] {
  const { weights } = call.state
  const groups = new Map<string, Hdf5Dataset[]>()
  for (const weight of weights) {
    const group = /\/cells\/([^/]+)\/vars\/\d+$/.exec(weight.path)?.[1]
    if (group === undefined) return weights
    groups.set(group, [...(groups.get(group) ?? []), weight])
  }
  const counts = new Map<string, number>()
  return cellsOf(call).flatMap(({ className }) => {
    const name = snakeCase(className)
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return groups.get(count === 0 ? name : `${name}_${count}`) ?? []
  })
}
