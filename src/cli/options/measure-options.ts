/** What a measurement can be told. */
import { choice, duration, flag, path, share, wholeNumber, wordList, words } from '../value-kind.js'
import { FOOTPRINT_OPTIONS } from './footprint-options.js'
import { generalOptions } from './general-options.js'
import { imageOptions } from './image-options.js'
import { meteringOptions } from './metering-options.js'
import { modelOptions } from './model-options.js'
import { engine, input, measurement, output } from './option-group.js'
import {
  explainOption,
  jsonOutput,
  limitOptions,
  plot,
  quietOutput,
  rowsOutput,
  traceOption,
} from './output-options.js'
import { seed, threads } from './run-options.js'

/** Options of `greenbench <model>`. */
export const MEASURE_OPTIONS = {
  images: input(
    path('a folder of images, or one image', 'photos'),
    'folder',
    'images to run the model on; class folders give labels',
  ),
  synthetic: input(flag, undefined, 'run on random values instead of images'),
  ...imageOptions,
  ...modelOptions,
  engine: engine(
    wordList('names of engines between commas', 'onnxruntime,tfjs-wasm'),
    'names',
    'onnxruntime, tfjs-node or tfjs-wasm; several are compared (default: onnxruntime)',
  ),
  device: engine(
    words("an execution provider's name", 'cpu'),
    'name',
    'cpu, cuda, webgpu, coreml, dml, ... (default: cpu; greenbench detect shows which are there)',
  ),
  threads,
  interOpThreads: engine(wholeNumber(1, '2', 1024), 'count', 'operators that may run beside each other (default: 1)'),
  graphOptimization: engine(
    choice(['disabled', 'basic', 'extended', 'all']),
    'level',
    'disabled, basic, extended or all',
  ),
  spinning: engine(flag, undefined, 'let waiting threads spin: quicker answers for more energy', {
    negation: 'let waiting threads sleep: slower answers for less energy',
  }),
  minDuration: measurement(
    duration('10s', 0.001),
    'time',
    'length of one window (default: 5s with a sensor, 1s without)',
  ),
  maxDuration: measurement(duration('60s', 0.001), 'time', 'time budget of all windows (default: 60s)'),
  targetCi: measurement(share('2%', 0.0001, 1), 'share', 'stop when the 95% interval is +- this share (default: 2%)'),
  warmup: measurement(duration('5s'), 'time', 'longest warm-up (default: 5s)'),
  cooldown: measurement(
    duration('30s'),
    'time',
    'longest wait between batch sizes, until the processor has cooled down (default: 10s with a sensor)',
  ),
  seed,
  ...meteringOptions,
  ...FOOTPRINT_OPTIONS,
  trace: traceOption,
  plot,
  explain: explainOption,
  ...limitOptions,
  baseFirst: output(flag, undefined, 'the first model is only what others are set against: no limit is applied to it'),
  json: jsonOutput('result.json', 'the record'),
  csv: rowsOutput('result.csv', 'batch size'),
  quiet: quietOutput('no progress and no table'),
  ...generalOptions,
} as const
