/** The figures of timed runs and of what was counted in a file, in the order of the table that `greenbench model.onnx` prints. */
import type { InferenceRecord, ResultRecord } from '../../core/record.js'
import { type ExportFigure, type FigureKind, figuresIn, interval, plain } from './figures.js'

const counted = () => 'counted' as const
const clocked = () => 'measured' as const
const modelled = () => 'modelled' as const
const byEnergy = ({ energy }: InferenceRecord): FigureKind => energy?.kind ?? 'modelled'

const count = figuresIn<Counted>(counted, '', '1')
const bytes = figuresIn<Counted>(counted, 'bytes', 'By')
const seconds = figuresIn<InferenceRecord>(clocked, 'seconds', 's')
const speed = figuresIn<InferenceRecord>(clocked, 'images_per_second', '{image}/s')
const joules = figuresIn<InferenceRecord>(byEnergy, 'joules', 'J')
const watts = figuresIn<InferenceRecord>(byEnergy, 'watts', 'W')
const grams = figuresIn<InferenceRecord>(modelled, 'grams', 'g')
const intensity = figuresIn<InferenceRecord>(modelled, 'grams_per_kilowatt_hour', 'g/kW.h')
const litres = figuresIn<InferenceRecord>(modelled, 'litres', 'L')
const factor = figuresIn<InferenceRecord>(modelled, 'ratio', '1')
const share = figuresIn<InferenceRecord>(clocked, 'ratio', '1')

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

const perInference = 'of one inference of one image'

/** Of a timed run. */
export const INFERENCE_FIGURES: readonly ExportFigure<InferenceRecord>[] = [
  ...COUNTED_FIGURES,
  seconds('latency_mean', 'Mean time of one batch.', ({ latency }) => latency && interval(latency.mean, latency)),
  seconds('latency_p50', 'Median time of one batch.', ({ latency }) => plain(latency?.p50)),
  seconds('latency_p90', '90th percentile of the time of one batch.', ({ latency }) => plain(latency?.p90)),
  seconds('latency_p95', '95th percentile of the time of one batch.', ({ latency }) => plain(latency?.p95)),
  seconds('latency_p99', '99th percentile of the time of one batch.', ({ latency }) => plain(latency?.p99)),
  speed(
    'throughput',
    'Images through the model in a second.',
    ({ throughput }) => throughput && interval(throughput.imagesPerSecond, throughput),
  ),
  joules(
    'energy_per_inference',
    `Energy ${perInference}: all that the counted parts used.`,
    ({ energy }) => energy && interval(energy.perInference.joules, energy.perInference),
  ),
  joules(
    'energy_net_per_inference',
    `Energy ${perInference}, less that of the idle machine.`,
    ({ energy }) => energy?.netPerInference && interval(energy.netPerInference.joules, energy.netPerInference),
  ),
  joules(
    'energy_of_run',
    'Energy of all measured windows.',
    ({ energy }) => energy && interval(energy.gross.joules, energy.gross),
  ),
  watts('idle_power', 'Power of the idle machine.', ({ energy }) => plain(energy?.idle?.watts)),
  share('energy_measured', 'Share of the energy that a sensor gave.', ({ energy }) => plain(energy?.measuredShare)),
  grams(
    'co2e_per_inference',
    `CO2 equivalent ${perInference}.`,
    ({ carbon }) => carbon && interval(carbon.perInference.grams, carbon.perInference),
  ),
  grams(
    'co2e_of_run',
    'CO2 equivalent of all measured windows.',
    ({ carbon }) => carbon && interval(carbon.total.grams, carbon.total),
  ),
  intensity(
    'carbon_intensity',
    'CO2 equivalent of a kilowatt-hour of electricity.',
    ({ carbon }) => carbon && interval(carbon.factor.gramsPerKwh, carbon.factor),
  ),
  factor('pue', 'Power usage effectiveness of the data centre.', ({ carbon }) => plain(carbon?.pue)),
  litres('water_per_inference', `Water for cooling ${perInference}.`, ({ water }) => plain(water?.perInference)),
  share('accuracy_top1', 'Share of the images whose class came first.', ({ accuracy }) => plain(accuracy?.top1)),
  share('accuracy_top5', 'Share of the images whose class was among five.', ({ accuracy }) => plain(accuracy?.top5)),
  seconds('model_load', 'Time to read the model.', ({ phases }) => plain(phases.load)),
]
