/** The figures of trainings. */
import type { TrainingRecord } from '../../core/record.js'
import { COUNTED_FIGURES } from './counted-figures.js'
import { byEnergy, clocked, type ExportFigure, figuresIn, interval, modelled, plain } from './figures.js'
import { RUN_FIGURES } from './run-figures.js'

const seconds = figuresIn<TrainingRecord>(clocked, 'seconds', 's')
const speed = figuresIn<TrainingRecord>(clocked, 'images_per_second', '{image}/s')
const count = figuresIn<TrainingRecord>(clocked, '', '1')
const joules = figuresIn<TrainingRecord>(byEnergy, 'joules', 'J')
const grams = figuresIn<TrainingRecord>(modelled, 'grams', 'g')

/** Of a training. */
export const TRAINING_FIGURES: readonly ExportFigure<TrainingRecord>[] = [
  ...COUNTED_FIGURES,
  count('epochs', 'Whole epochs of the training.', ({ epochs }) =>
    plain(epochs.filter(({ complete }) => complete).length),
  ),
  seconds('training', 'Time of the training parts of all epochs.', ({ phases }) => plain(phases.training)),
  seconds('validation', 'Time of the validations.', ({ phases }) => plain(phases.validation)),
  seconds('step_mean', 'Mean time of one step.', ({ latency }) => latency && interval(latency.mean, latency)),
  seconds('step_p50', 'Median time of one step.', ({ latency }) => plain(latency?.p50)),
  seconds('step_p99', '99th percentile of the time of one step.', ({ latency }) => plain(latency?.p99)),
  speed(
    'training_throughput',
    'Images trained on in a second.',
    ({ throughput }) => throughput && interval(throughput.imagesPerSecond, throughput),
  ),
  joules(
    'energy_per_epoch',
    'Energy of one whole epoch with its validation.',
    ({ energy }) => energy?.perEpoch && interval(energy.perEpoch.joules, energy.perEpoch),
  ),
  joules(
    'energy_net_per_epoch',
    'Energy of one whole epoch with its validation, less that of the idle machine.',
    ({ energy }) => energy?.netPerEpoch && interval(energy.netPerEpoch.joules, energy.netPerEpoch),
  ),
  joules(
    'energy_per_step',
    'Energy of one step, validation left out.',
    ({ energy }) => energy && interval(energy.perStep.joules, energy.perStep),
  ),
  joules(
    'energy_per_training_image',
    'Energy of training on one image once, validation left out.',
    ({ energy }) => energy && interval(energy.perImage.joules, energy.perImage),
  ),
  joules(
    'energy_of_training',
    'Energy of the whole training: decoding, epochs, validation.',
    ({ energy }) => energy && interval(energy.gross.joules, energy.gross),
  ),
  grams(
    'co2e_per_epoch',
    'CO2 equivalent of one whole epoch with its validation.',
    ({ carbon }) => carbon?.perEpoch && interval(carbon.perEpoch.grams, carbon.perEpoch),
  ),
  grams(
    'co2e_of_training',
    'CO2 equivalent of the whole training.',
    ({ carbon }) => carbon && interval(carbon.total.grams, carbon.total),
  ),
  ...RUN_FIGURES,
]
