/**
 * Tells constants that an exporter made up: the scale of ones and the shift of zeros that an operator asks for where the layer
 * has none, e.g. `affine=False`. They are no parameters, though they stand where parameters stand.
 */
import { GreenbenchError } from '../core/errors.js'
import { isFloat } from '../graph/data-type.js'
import type { Initializer } from '../graph/graph.js'

/**
 * Their scale and shift. Of Mul and Add nothing is told: PyTorch's exporter folds the view of a parameter before them away, and
 * a new parameter of ones has then such a name too.
 */
const NORMALIZATIONS = ['Batch', 'Group', 'Instance', 'Layer', 'RMS'].map((kind) => `${kind}Normalization`)
/** What changes nothing, by position. */
const NEUTRAL: Readonly<Record<number, number>> = { 1: 1, 2: 0 }
/** As PyTorch's exporters number what has no name of its own in the program; parameters keep theirs. */
const MADE_UP = /^(val_\d+|(.*\/)?Constant(_\d+)?_output_0)$/
/** One number for each channel at most: longer constants are not read. */
const MOST_ELEMENTS = 2 ** 16

/**
 * A parameter that still holds what it starts from is told from it by its name alone.
 *
 * @param name - of the value as the node reads it
 * @returns whether the constant has a name of the exporter's and changes nothing at this input; its elements are read then
 */
export function isNeutralConstant(operator: string, position: number, name: string, constant: Initializer): boolean {
  const neutral = NORMALIZATIONS.includes(operator) ? NEUTRAL[position] : undefined
  const { dtype, shape } = constant
  const count = shape.reduce((product, size) => product * size, 1)
  if (neutral === undefined || !MADE_UP.test(name) || !isFloat(dtype) || count > MOST_ELEMENTS) return false
  return constant.trainable === undefined && holdsOnly(constant, neutral)
}

/** Elements that cannot be read, as in a file that is not there, tell nothing. */
function holdsOnly({ dtype, data }: Initializer, value: number): boolean {
  try {
    const bytes = data.read().slice().buffer
    if (dtype === 'float32') return new Float32Array(bytes).every((element) => element === value)
    return dtype === 'float64' && new Float64Array(bytes).every((element) => element === value)
  } catch (error) {
    if (error instanceof GreenbenchError) return false
    throw error
  }
}
