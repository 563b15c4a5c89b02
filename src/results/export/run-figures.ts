/** The figures that timed runs and trainings have in common. */
import type { InferenceRecord, TrainingRecord } from '../../core/record.js'
import { byEnergy, clocked, type ExportFigure, figuresIn, interval, modelled, plain } from './figures.js'

type Run = InferenceRecord | TrainingRecord

const seconds = figuresIn<Run>(clocked, 'seconds', 's')
const share = figuresIn<Run>(clocked, 'ratio', '1')
const watts = figuresIn<Run>(byEnergy, 'watts', 'W')
const intensity = figuresIn<Run>(modelled, 'grams_per_kilowatt_hour', 'g/kW.h')
const factor = figuresIn<Run>(modelled, 'ratio', '1')

/** Of any run. */
export const RUN_FIGURES: readonly ExportFigure<Run>[] = [
  watts('idle_power', 'Power of the idle machine.', ({ energy }) => plain(energy?.idle?.watts)),
  share('energy_measured', 'Share of the energy that a sensor gave.', ({ energy }) => plain(energy?.measuredShare)),
  intensity(
    'carbon_intensity',
    'CO2 equivalent of a kilowatt-hour of electricity.',
    ({ carbon }) => carbon && interval(carbon.factor.gramsPerKwh, carbon.factor),
  ),
  factor('pue', 'Power usage effectiveness of the data centre.', ({ carbon }) => plain(carbon?.pue)),
  share('accuracy_top1', 'Share of the images whose class came first.', ({ accuracy }) => plain(accuracy?.top1)),
  seconds('model_load', 'Time to read the model.', ({ phases }) => plain(phases.load)),
]
