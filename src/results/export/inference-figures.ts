/** The figures of timed runs. */
import type { InferenceRecord } from '../../core/record.js'
import { COUNTED_FIGURES } from './counted-figures.js'
import { byEnergy, clocked, type ExportFigure, figuresIn, interval, modelled, plain } from './figures.js'
import { RUN_FIGURES } from './run-figures.js'

const seconds = figuresIn<InferenceRecord>(clocked, 'seconds', 's')
const speed = figuresIn<InferenceRecord>(clocked, 'images_per_second', '{image}/s')
const joules = figuresIn<InferenceRecord>(byEnergy, 'joules', 'J')
const grams = figuresIn<InferenceRecord>(modelled, 'grams', 'g')
const litres = figuresIn<InferenceRecord>(modelled, 'litres', 'L')
const share = figuresIn<InferenceRecord>(clocked, 'ratio', '1')

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
  litres('water_per_inference', `Water for cooling ${perInference}.`, ({ water }) => plain(water?.perInference)),
  share('accuracy_top5', 'Share of the images whose class was among five.', ({ accuracy }) => plain(accuracy?.top5)),
  ...RUN_FIGURES,
]
