/** The figures that were counted in a model's file. */
import type { ResultRecord } from '../../core/record.js'
import { type ExportFigure, figuresIn, plain } from './figures.js'

const counted = () => 'counted' as const

const count = figuresIn<Counted>(counted, '', '1')
const bytes = figuresIn<Counted>(counted, 'bytes', 'By')

/** What can be told from a model file. */
type Counted = Pick<Exclude<ResultRecord, { readonly kind: 'comparison' }>, 'model' | 'counts'>

/** What can be told without running the model. */
export const COUNTED_FIGURES: readonly ExportFigure<Counted>[] = [
  count('parameters', 'Weights of the model.', ({ counts }) => plain(counts?.parameters.total)),
  count('macs_per_batch', 'Multiply-accumulates of one batch.', ({ counts }) => plain(counts?.macs)),
  count('flops_per_batch', 'Twice the multiply-accumulates of one batch.', ({ counts }) => plain(counts?.flops)),
  bytes('model_file', 'Size of the model file with its data files.', ({ model }) => plain(model.bytes)),
  bytes('peak_activation', 'Largest sum of tensors alive at once.', ({ counts }) => plain(counts?.peakActivationBytes)),
]
