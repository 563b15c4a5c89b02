/** Every operator that the TensorFlow.js engines run; those of other domains stand under `domain.name`. */
import { activation } from './activation.js'
import { convolution } from './convolution.js'
import { elementwise } from './elementwise.js'
import { matrix } from './matrix.js'
import { movement } from './movement.js'
import { normalization } from './normalization.js'
import type { TfjsOperators } from './operator.js'
import { pooling } from './pooling.js'
import { recurrent } from './recurrent.js'
import { reduction } from './reduction.js'
import { resize } from './resize.js'
import { selection } from './selection.js'

/** By name of the operator; what is not here is refused by name before anything runs. */
export const OPERATOR_PLANS: TfjsOperators = {
  ...activation,
  ...convolution,
  ...elementwise,
  ...matrix,
  ...movement,
  ...normalization,
  ...pooling,
  ...recurrent,
  ...reduction,
  ...resize,
  ...selection,
}
