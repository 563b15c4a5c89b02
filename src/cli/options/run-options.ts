/** What every run of a model can be told, timed or training. */
import { wholeNumber } from '../value-kind.js'
import { engine, measurement } from './option-group.js'

/** `--threads`. */
export const threads = engine(wholeNumber(0, '4', 1024), 'count', "threads inside an operator (0: the engine's choice)")

/** `--seed`. */
export const seed = measurement(wholeNumber(0, '42', 2 ** 32 - 1), 'number', 'seed of everything random')
