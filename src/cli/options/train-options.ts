/** What `greenbench train` can be told. */
import { choice, decimal, flag, path, share, wholeNumber, wordList } from '../value-kind.js'
import { FOOTPRINT_OPTIONS } from './footprint-options.js'
import { generalOptions } from './general-options.js'
import { imageOptions } from './image-options.js'
import { meteringOptions } from './metering-options.js'
import { modelOptions } from './model-options.js'
import { input, measurement, model, output, training } from './option-group.js'
import {
  explainOption,
  file,
  jsonOutput,
  limitOptions,
  plot,
  quietOutput,
  rowsOutput,
  traceOption,
} from './output-options.js'
import { seed, threads } from './run-options.js'

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
  threads,
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
  seed,
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
