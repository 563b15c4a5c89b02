/** Every option of every command. */

import { TEST_NAMES } from '../results/compare/two-sample-test.js'
import { EXPORT_TARGETS } from '../results/export/export-targets.js'
import { REPORT_FORMAT_NAMES } from '../results/report/report-formats.js'
import type { OptionDefinition } from './option-definition.js'
import {
  calendarDay,
  choice,
  decimal,
  degrees,
  duration,
  flag,
  idlePowerSource,
  inputSizes,
  path,
  repeated,
  share,
  type ValueKind,
  wholeNumber,
  wholeNumbers,
  wordList,
  words,
} from './value-kind.js'

/** Heading of the options that every command has. */
export const GENERAL = 'General:'

const inGroup =
  (group: string) =>
  <Kind extends ValueKind<unknown>>(
    kind: Kind,
    placeholder: string | undefined,
    text: string | undefined,
    more: Pick<
      OptionDefinition,
      'short' | 'negation' | 'isCommandLineOnly' | 'isSecret' | 'environmentAlias' | 'isFileOptional'
    > = {},
  ) => ({
    kind,
    group,
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(text === undefined ? {} : { text }),
    ...more,
  })

const input = inGroup('Input:')
const model = inGroup('Model:')
const engine = inGroup('Engine:')
const training = inGroup('Training:')
const measurement = inGroup('Measurement:')
const energy = inGroup('Energy and CO2:')
const machine = inGroup('Machine:')
const comparison = inGroup('Comparison:')
const output = inGroup('Output:')
const network = inGroup('Network:')
const general = inGroup(GENERAL)

const batch = wholeNumbers(1, 65_536, '1,8,32')
const file = (example: string) => path("a file, or - for the terminal's output", example)

const orStandardOutput = { isFileOptional: true } as const

/** `--json`, `--csv` and `--quiet`, which differ in what is written and what is not said. */
const jsonOutput = (example: string, what: string) =>
  output(file(example), 'file', `write ${what} as JSON; standard output without a file`, orStandardOutput)
const rowsOutput = (example: string, what: string) =>
  output(file(example), 'file', `write one row per ${what}; - for standard output`)
const quietOutput = (effect: string) => output(flag, undefined, effect)

const modelOptions = {
  format: model(words('the name of a format', 'onnx'), 'name', 'read the file as this format, whatever it looks like'),
  signature: model(words('the name of a signature', 'serving_default'), 'name', 'read this signature of a SavedModel'),
  tag: model(words('the tag of a graph', 'serve'), 'name', 'read the graph of a SavedModel with this tag'),
  input: model(
    repeated(inputSizes),
    'name=1x3x224x224',
    'fix free sizes of an input (repeatable; no name: the only one)',
  ),
  batch: model(batch, 'sizes', 'batch sizes between commas, e.g. 1,8,32 (default: 1)'),
}

const generalOptions = {
  plugin: general(
    repeated(path('a JavaScript file', './my-format.js')),
    'file',
    'load formats and profilers (repeatable)',
  ),
  config: general(
    path('a YAML or JSON file', 'greenbench.config.yaml'),
    'file',
    'read options from this file instead of the nearest greenbench.config.yaml',
    { negation: 'read no config file', isCommandLineOnly: true },
  ),
  debug: general(flag, undefined, 'show the stack of an error'),
  color: general(flag, undefined, undefined, { negation: 'plain text' }),
}

/** What stops a build, in every command that measures. */
const limitOptions = {
  failIf: output(
    repeated(words('a limit', 'energyPerInference>0.5J')),
    'limit',
    "end with code 3 when a figure is over it, e.g. 'energyPerInference>0.5J' (repeatable)",
  ),
}

/** Where the electricity comes from; the same words in every command that tells CO2. */
const placeOptions = {
  country: energy(words('a country', 'FR'), 'name', 'where the electricity comes from, e.g. FR or France'),
  zone: energy(words('a zone of Electricity Maps', 'US-CAL-CISO'), 'zone', 'a part of a country, e.g. US-CAL-CISO'),
  lat: energy(degrees('48.85', 90), 'degrees', 'latitude of the machine, south negative; with --lon'),
  lon: energy(degrees('2.35', 180), 'degrees', 'longitude of the machine, west negative; with --lat'),
  address: energy(words('an address', 'Stanford, California'), 'text', 'a town with its region or country'),
  cloud: energy(
    words('a cloud region', 'aws:eu-west-3'),
    'region',
    'a region of aws, gcp or azure, e.g. aws:eu-west-3',
  ),
  pue: energy(
    decimal('a factor', '1.2', 1, 10),
    'factor',
    'power usage effectiveness of the data centre (default: 1)',
    {
      environmentAlias: 'OVERRIDE_PUE',
    },
  ),
} as const

/** Figures of the electricity and of what cools the machine. */
const boughtOptions = {
  carbonIntensity: energy(
    words('g CO2e per kWh', '56'),
    'g/kWh',
    'use this figure instead of a table\'s, or by hour {"8:00-20:00": 90, ...}',
  ),
  wue: energy(decimal('L/kWh', '1.8', 0, 100), 'L/kWh', 'water usage effectiveness of the data centre'),
  price: energy(
    words('a price', '0.30 EUR'),
    'price',
    'of a kWh: 0.30, 0.30 EUR, or by hour {"8:30-19:00": 0.30, ...}',
  ),
  socialCost: energy(decimal('US dollars per tonne', '190', 0, 100_000), '$/t', 'what a tonne of CO2 costs society'),
} as const

/** The carbon of making the machine. */
const embodiedOptions = {
  embodiedKg: energy(decimal('kg CO2e', '1200', 0, 1e9), 'kg', 'carbon of making the machine, for the SCI'),
  lifespanYears: energy(decimal('years', '4', 0, 100), 'years', 'how long it serves (default: 4)'),
  machineShare: energy(share('100%', 0, 1), 'share', 'share of the machine that the run takes (default: 100%)'),
} as const

/** The intensity of now. */
const liveOptions = {
  live: energy(flag, undefined, 'ask a service for the carbon intensity of now (the only use of the network)'),
  liveSource: energy(
    choice(['electricity-maps', 'uk', 'watttime']),
    'name',
    'electricity-maps, uk or watttime (default: the first that can tell)',
  ),
  liveUrl: energy(words('a URL', 'https://gateway.example'), 'url', 'another server that speaks for the live source'),
  electricityMapsKey: energy(words('a key', 'abc'), undefined, undefined, { isSecret: true }),
  watttimeUser: energy(words('a name', 'me'), undefined, undefined, { isSecret: true }),
  watttimePassword: energy(words('a password', 'abc'), undefined, undefined, { isSecret: true }),
} as const

/** All that turns joules into CO2, money and water. */
export const FOOTPRINT_OPTIONS = { ...placeOptions, ...boughtOptions, ...embodiedOptions, ...liveOptions } as const

/** What the sensors must be told. */
const sensorOptions = {
  cpuTdp: energy(decimal('watts', '65', 0.1, 10_000), 'watts', 'thermal design power of the CPU, for estimates'),
  gpu: energy(
    wordList('indices or UUIDs of GPUs between commas', '0,1'),
    'ids',
    'GPUs to count, by index or UUID (default: those that CUDA_VISIBLE_DEVICES leaves)',
  ),
  powerLog: energy(
    path("Intel's PowerLog tool", '/Applications/Intel Power Gadget/PowerLog'),
    'file',
    "path of Intel's PowerLog tool",
  ),
  sensorRoot: energy(
    path('the folder where the file system of a host is mounted', '/host'),
    'folder',
    'read sensors below sys, proc and dev in this folder, as in a container with mounts of its host',
  ),
} as const

/** Charts in the terminal. */
const plot = output(flag, undefined, 'draw charts below the table: power, latency, energy, layers')

/** How images become what the model takes. */
const imageOptions = {
  labels: input(
    path('a file of class names', 'imagenet.txt'),
    'file',
    'names of the output indices: a name a line, or JSON',
  ),
  limit: input(wholeNumber(0, '100'), 'count', 'most images to use (0: all)'),
  strict: input(flag, undefined, 'fail on a broken image instead of skipping it'),
  resize: input(choice(['shortest-crop', 'stretch', 'letterbox']), 'policy', 'shortest-crop, stretch or letterbox'),
  normalize: input(
    words('imagenet, tf, none or mean,std', 'imagenet'),
    'values',
    'imagenet, tf, none or mean,std on the scale 0..1',
  ),
  layout: input(choice(['NCHW', 'NHWC']), 'order', "NCHW or NHWC (default: the model's)"),
  channelOrder: input(choice(['RGB', 'BGR']), 'order', 'RGB or BGR'),
} as const

/** What measures, and how often. */
const meteringOptions = {
  profiler: energy(
    wordList('names of profilers between commas, auto or none', 'rapl,estimate'),
    'names',
    'profilers in the order to try, auto or none (default: auto)',
  ),
  idle: energy(
    duration('10s'),
    'time',
    'idle baseline before and after, each (default: 3s with a sensor, 1s with a model)',
  ),
  samplingInterval: energy(
    duration('100ms', 0.001),
    'time',
    'time between two readings of a sensor (default: 100ms for power, 1s for counters and models)',
  ),
  ...sensorOptions,
} as const

const explainOption = output(flag, undefined, 'show what the intervals are made of, and how the sensors were read')

const traceOption = output(
  path('a file', 'run.jsonl'),
  'file',
  'keep every reading and finding as it comes, for greenbench replay',
)

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
  threads: engine(wholeNumber(0, '4', 1024), 'count', "threads inside an operator (0: the engine's choice)"),
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
  seed: measurement(wholeNumber(0, '42', 2 ** 32 - 1), 'number', 'seed of everything random'),
  ...meteringOptions,
  ...FOOTPRINT_OPTIONS,
  trace: traceOption,
  plot,
  explain: explainOption,
  ...limitOptions,
  json: jsonOutput('result.json', 'the record'),
  csv: rowsOutput('result.csv', 'batch size'),
  quiet: quietOutput('no progress and no table'),
  ...generalOptions,
} as const

/** Options of `greenbench train <model>`. */
export const TRAIN_OPTIONS = {
  images: input(path('a folder of class folders', 'photos'), 'folder', 'images to learn from, a folder for each class'),
  validation: input(
    path('a folder of class folders', 'held-out'),
    'folder',
    'images to test on, in place of some of the others',
  ),
  validationSplit: input(share('20%', 0, 0.99), 'share', 'share of the images of each class to test on (default: 20%)'),
  augment: input(
    wordList('flip, crop or resized-crop between commas', 'flip,crop'),
    'names',
    'vary the images: flip, crop (moved by up to an eighth) or resized-crop',
  ),
  ...imageOptions,
  cache: input(
    decimal('megabytes', '500', 0, 1e9),
    'MB',
    'most memory for decoded images; more are decoded anew in each epoch (default: a quarter, at most 2147)',
  ),
  format: modelOptions.format,
  signature: modelOptions.signature,
  tag: modelOptions.tag,
  input: modelOptions.input,
  classes: model(wholeNumber(2, '10', 1_000_000), 'count', 'give the model a new last layer for so many classes'),
  fromScratch: model(flag, undefined, "begin with random weights instead of the file's"),
  threads: engine(wholeNumber(0, '4', 1024), 'count', "threads inside an operator (0: the engine's choice)"),
  epochs: training(wholeNumber(1, '3', 10_000), 'count', 'passes over the images (default: 3)'),
  batchSize: training(wholeNumber(1, '32', 65_536), 'count', 'images of one step (default: 32)'),
  accumulate: training(wholeNumber(1, '4', 65_536), 'count', 'steps of one update of the weights (default: 1)'),
  optimizer: training(choice(['sgd', 'adam', 'adamw']), 'name', 'sgd, adam or adamw (default: adam)'),
  learningRate: training(decimal('a rate', '0.001', 0, 1e6), 'rate', 'of the optimizer (default: 0.001, of sgd 0.01)'),
  momentum: training(decimal('a share', '0.9', 0, 1), 'share', 'of sgd (default: 0.9)'),
  nesterov: training(flag, undefined, "Nesterov's momentum, of sgd"),
  weightDecay: training(decimal('a share', '0.01', 0, 1e6), 'share', 'pull on the weights (default: 0, of adamw 0.01)'),
  schedule: training(
    choice(['constant', 'step', 'cosine']),
    'name',
    'constant, step (a tenth after each third) or cosine (default: constant)',
  ),
  warmupEpochs: training(
    decimal('epochs', '1', 0, 10_000),
    'epochs',
    'epochs in which the learning rate rises (default: 0)',
  ),
  loss: training(
    choice(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'mean-squared-error']),
    'name',
    "softmax-cross-entropy, sigmoid-cross-entropy or mean-squared-error (default: by the model's last activation)",
  ),
  labelSmoothing: training(
    share('10%', 0, 0.999),
    'share',
    'share of each target spread over all classes (default: 0)',
  ),
  untilAccuracy: training(
    share('90%', 0, 1),
    'share',
    'stop after the epoch that reaches this validation accuracy, and tell what it took; code 3 when none does',
  ),
  warmupSteps: measurement(
    wholeNumber(0, '3', 1000),
    'count',
    'steps before the measurement, whose effect is taken back (default: 3)',
  ),
  seed: measurement(wholeNumber(0, '42', 2 ** 32 - 1), 'number', 'seed of everything random'),
  ...meteringOptions,
  ...FOOTPRINT_OPTIONS,
  save: output(path('a file', 'trained.onnx'), 'file', 'write the model with its weights after each epoch'),
  checkpoint: output(path('a file', 'run.ckpt'), 'file', 'keep what --resume needs after each epoch'),
  resume: output(path('a checkpoint', 'run.ckpt'), 'file', 'go on from a checkpoint'),
  trace: traceOption,
  explain: explainOption,
  events: output(file('events.jsonl'), 'file', 'write progress, epochs and the record as JSON lines as they come'),
  json: jsonOutput('result.json', 'the record'),
  plot,
  csv: rowsOutput('result.csv', 'epoch'),
  quiet: quietOutput('no progress and no table'),
  ...limitOptions,
  ...generalOptions,
} as const

/** Options of `greenbench replay <trace>`. */
export const REPLAY_OPTIONS = {
  ...placeOptions,
  ...boughtOptions,
  ...embodiedOptions,
  idleModel: energy(
    idlePowerSource,
    'source',
    'idle power: mean (of both baselines), before, after, none or watts (default: mean)',
  ),
  plot,
  explain: explainOption,
  json: jsonOutput('result.json', 'the record'),
  csv: rowsOutput('result.csv', 'batch size'),
  quiet: quietOutput('no table'),
  config: generalOptions.config,
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench export <result.json...>`. */
export const EXPORT_OPTIONS = {
  to: output(choice(EXPORT_TARGETS), 'name', EXPORT_TARGETS.join(', ')),
  output: output(file('greenbench.prom'), 'file', 'csv, json, prometheus: write there (default: standard output)', {
    short: 'o',
  }),
  url: network(
    words('the address of a server', 'http://127.0.0.1:5000'),
    'address',
    'of MLflow or of the collector (default: MLFLOW_TRACKING_URI, OTEL_EXPORTER_OTLP_ENDPOINT)',
    { isCommandLineOnly: true },
  ),
  experiment: network(words('a name', 'greenbench'), 'name', 'mlflow: the experiment (default: greenbench)', {
    environmentAlias: 'MLFLOW_EXPERIMENT_NAME',
  }),
  runId: network(words('the id of a run', '0123abcd'), 'id', 'mlflow: a run that is there, for one record', {
    environmentAlias: 'MLFLOW_RUN_ID',
  }),
  timeout: network(duration('10s', 0.001), 'time', 'mlflow, otel: longest wait for one answer (default: 10s)'),
  mlflowToken: network(words('a token', 'abc'), undefined, undefined, {
    isSecret: true,
    environmentAlias: 'MLFLOW_TRACKING_TOKEN',
  }),
  mlflowUser: network(words('a name', 'me'), undefined, undefined, {
    isSecret: true,
    environmentAlias: 'MLFLOW_TRACKING_USERNAME',
  }),
  mlflowPassword: network(words('a password', 'abc'), undefined, undefined, {
    isSecret: true,
    environmentAlias: 'MLFLOW_TRACKING_PASSWORD',
  }),
  quiet: quietOutput('do not say what was written'),
  config: generalOptions.config,
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench statement <results...>`. */
export const STATEMENT_OPTIONS = {
  format: output(choice(['text', 'md', 'latex']), 'name', 'text, md or latex (default: text)'),
  output: output(file('impact.tex'), 'file', 'write the statement there (default: standard output)', { short: 'o' }),
  ...placeOptions,
  carbonIntensity: boughtOptions.carbonIntensity,
  socialCost: boughtOptions.socialCost,
  quiet: quietOutput('do not say what was written'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench detect`. */
export const DETECT_OPTIONS = {
  fixPermissions: energy(
    flag,
    undefined,
    'print a script for root that lets your user read the energy counters; nothing is run',
    { isCommandLineOnly: true },
  ),
  ...sensorOptions,
  json: jsonOutput('machine.json', 'what was found'),
  quiet: quietOutput('no table'),
  ...generalOptions,
} as const

/** Options of `greenbench compare <base> <new...>`. */
export const COMPARE_OPTIONS = {
  metric: comparison(
    wordList('names of figures between commas', 'energyPerInference,latency.p50'),
    'names',
    'figures to compare, between commas (default: energyPerInference)',
  ),
  maxRegress: comparison(share('5%', 0, 10), 'share', 'by how much a figure may be worse (default: 0%)'),
  test: comparison(choice(TEST_NAMES), 'name', `${TEST_NAMES.join(', ')} (default: by the figure and its samples)`),
  allowDifferent: comparison(
    wordList('conditions between commas', 'hardware,engine'),
    'what',
    'compare in spite of it: hardware, engine, batch, images, protocol, energy-kind, place, cases',
  ),
  seed: comparison(wholeNumber(0, '42', 2 ** 32 - 1), 'number', 'seed of the tests that draw (default: 1)'),
  plot: output(flag, undefined, 'draw the changes below the table'),
  json: jsonOutput('comparison.json', 'what was found'),
  markdown: output(file('summary.md'), 'file', 'write it as Markdown; - for standard output'),
  junit: output(file('greenbench.xml'), 'file', 'write it as JUnit XML, a failure for each regression'),
  benchmarkAction: output(
    file('benchmark.json'),
    'file',
    'write it as customSmallerIsBetter of github-action-benchmark',
  ),
  githubSummary: output(flag, undefined, 'add the Markdown to the summary of the build, $GITHUB_STEP_SUMMARY'),
  quiet: quietOutput('no table'),
  config: generalOptions.config,
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench inspect <model>`. */
export const INSPECT_OPTIONS = {
  ...modelOptions,
  layers: output(flag, undefined, 'show every layer'),
  top: output(wholeNumber(1, '10'), 'count', 'show the layers with the most MACs'),
  plot,
  hash: output(flag, undefined, 'read the whole file for its SHA-256'),
  ...limitOptions,
  json: jsonOutput('model.json', 'the record'),
  csv: rowsOutput('layers.csv', 'layer'),
  quiet: quietOutput('no table'),
  ...generalOptions,
} as const

/** Options of `greenbench convert <model> <out.onnx>`. */
export const CONVERT_OPTIONS = {
  format: modelOptions.format,
  signature: modelOptions.signature,
  tag: modelOptions.tag,
  input: model(
    repeated(inputSizes),
    'name=1x3x224x224',
    'sizes of an input in the check, where the model leaves them free (repeatable; no name: the only one)',
  ),
  externalData: output(flag, undefined, 'write the weights into a second file, <out.onnx>.data (always over 2 GiB)'),
  force: output(flag, undefined, 'replace files that stand there'),
  check: output(flag, undefined, undefined, { negation: 'write the file without loading it in onnxruntime' }),
  json: jsonOutput('conversion.json', 'what was done'),
  quiet: quietOutput('print nothing'),
  ...generalOptions,
} as const

const carbonOutput = {
  json: jsonOutput('carbon.json', 'the answer'),
  quiet: quietOutput('no table'),
  config: generalOptions.config,
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench carbon current`. */
export const CARBON_CURRENT_OPTIONS = { ...placeOptions, ...liveOptions, ...carbonOutput } as const

/** Options of the commands of `greenbench carbon` that look something up. */
export const CARBON_LOOKUP_OPTIONS = { ...carbonOutput } as const

/** Options of `greenbench carbon estimate`. */
export const CARBON_ESTIMATE_OPTIONS = {
  hours: machine(decimal('hours', '12', 0, 1_000_000), 'hours', 'how long the run will take'),
  cpu: machine(words('a processor', 'Intel Xeon Platinum 8275CL'), 'name', 'name of the processor'),
  cpus: machine(wholeNumber(1, '2', 1024), 'count', 'packages of it (default: 1)'),
  cpuThreads: machine(wholeNumber(1, '32', 65_536), 'count', 'logical CPUs of the machine (default: 16 a package)'),
  cpuTdp: machine(
    decimal('watts', '65', 0.1, 5000),
    'watts',
    'thermal design power of one package, instead of the name',
  ),
  cpuUtilisation: machine(share('50%', 0, 1), 'share', 'mean load (default: 50%)'),
  gpu: machine(words('a GPU', 'A100'), 'name', 'name of the GPU, e.g. A100 or RTX 4090'),
  gpus: machine(wholeNumber(1, '4', 100_000), 'count', 'how many of them (default: 1)'),
  gpuTdp: machine(decimal('watts', '400', 1, 5000), 'watts', 'power limit of one GPU, instead of the name'),
  gpuUtilisation: machine(share('80%', 0, 1), 'share', 'mean load (default: 80%)'),
  memory: machine(decimal('gigabytes', '64', 0, 1_000_000), 'GB', 'memory in use'),
  ...placeOptions,
  ...boughtOptions,
  ...liveOptions,
  ...carbonOutput,
} as const

/** Options of `greenbench carbon what-if <result.json>`. */
export const CARBON_WHAT_IF_OPTIONS = {
  countries: energy(wordList('countries between commas', 'FR,DE,PL,US'), 'names', 'the places to compare with'),
  ...carbonOutput,
} as const

const leaderboardOutput = {
  quiet: quietOutput('do not say what was found'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of the commands that write a leaderboard. */
export const LEADERBOARD_WRITE_OPTIONS = {
  output: output(file('leaderboard.json'), 'file', 'write the leaderboard there; - for standard output', {
    short: 'o',
  }),
  title: output(words('a title', 'Image classifiers'), 'text', 'title of the leaderboard'),
  date: output(calendarDay, 'day', 'its date, e.g. 2026-11-21 (default: SOURCE_DATE_EPOCH, else none)'),
  ...leaderboardOutput,
} as const

/** Options of `greenbench leaderboard validate` and `schema`. */
export const LEADERBOARD_READ_OPTIONS = {
  json: jsonOutput('faults.json', 'the answer'),
  ...leaderboardOutput,
} as const

/** Options of `greenbench leaderboard diff`. */
export const LEADERBOARD_DIFF_OPTIONS = {
  ...LEADERBOARD_READ_OPTIONS,
  markdown: output(file('changes.md'), 'file', 'write the changes as Markdown; - for standard output'),
} as const

/** Options of `greenbench label`. */
export const LABEL_OPTIONS = {
  output: output(path('a .svg or .png file', 'label.svg'), 'file', 'write the label there, as .svg or .png', {
    short: 'o',
  }),
  badge: output(path('a .svg file', 'badge.svg'), 'file', 'write a badge for a README there'),
  theme: output(
    choice(['auto', 'light', 'dark']),
    'name',
    'light, dark or auto: as the reader likes it (default; light in a .png)',
  ),
  batch: input(wholeNumber(1, '8', 65_536), 'size', 'which batch size, where the file holds several'),
  model: input(
    words('a name of the file', 'resnet18'),
    'name',
    'which model or competitor, where the file holds several',
  ),
  accuracy: input(share('76.13%', 0, 1), 'share', 'published top-1 accuracy on ImageNet-1k, instead of a measured one'),
  accuracySource: input(
    words('where it is published', 'torchvision IMAGENET1K_V1'),
    'text',
    'where that accuracy is published',
  ),
  ...leaderboardOutput,
} as const

/** Options of `greenbench report <result.json...>`; they stand on the command line alone. */
export const REPORT_OPTIONS = {
  output: output(file('report.html'), 'file', 'write the report there (default: standard output)', { short: 'o' }),
  format: output(
    choice(REPORT_FORMAT_NAMES),
    'name',
    `${REPORT_FORMAT_NAMES.join(', ')} (default: by the end of the file's name, else html)`,
  ),
  title: output(words('a heading', 'Our classifiers'), 'text', 'heading of the report'),
  plot: output(flag, undefined, 'draw charts in the terminal; the report is then written only where -o says'),
  quiet: quietOutput('do not say what was written'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench leaderboard site`. */
export const SITE_OPTIONS = {
  output: output(
    path('a folder', 'site'),
    'folder',
    'a new or empty folder, or one with an earlier site (default: site)',
    {
      short: 'o',
    },
  ),
  data: output(flag, undefined, undefined, {
    negation: 'leave out the whole records, which tell paths of your machine',
  }),
  quiet: quietOutput('say nothing'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench leaderboard appendix`. */
export const APPENDIX_OPTIONS = {
  ...SITE_OPTIONS,
  title: output(words('a title', 'Our experiments'), 'text', 'title of the pages (default: Experiments)'),
} as const
