/** What `greenbench compare` can be told. */
import { TEST_NAMES } from '../../results/compare/two-sample-test.js'
import { choice, flag, share, wholeNumber, wordList } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { comparison, output } from './option-group.js'
import { file, jsonOutput, quietOutput } from './output-options.js'

/** Options of `greenbench compare <base> <new...>`. */
export const COMPARE_OPTIONS = {
  metric: comparison(
    wordList('names of figures between commas', 'energyPerInference,latency.p50'),
    'names',
    'figures to compare, between commas (default: energyPerInference)',
  ),
  maxRegress: comparison(share('5%', 0, 10), 'share', 'by how much a figure may be worse (default: 0%)'),
  test: comparison(
    choice(TEST_NAMES),
    'name',
    `${TEST_NAMES.join(', ')} (default: by the figure, its samples and their number)`,
  ),
  allowDifferent: comparison(
    wordList('conditions between commas', 'hardware,engine'),
    'what',
    'compare in spite of it: hardware, engine, batch, images, protocol, energy-kind, place, cases',
  ),
  seed: comparison(wholeNumber(0, '42', 2 ** 32 - 1), 'number', 'seed of the tests that draw (default: 1)'),
  plot: output(flag, undefined, 'draw the changes below the table'),
  json: jsonOutput('comparison.json', 'what was found'),
  markdown: output(file('summary.md'), 'file', 'write it as Markdown; - for standard output'),
  junit: output(
    file('greenbench.xml'),
    'file',
    'write it as JUnit XML: a failure for each regression, an error for too few samples',
  ),
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
