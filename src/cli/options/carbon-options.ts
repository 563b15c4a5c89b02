/** What the commands of `greenbench carbon` can be told. */
import { decimal, share, wholeNumber, wordList, words } from '../value-kind.js'
import { boughtOptions, liveOptions, placeOptions } from './footprint-options.js'
import { generalOptions } from './general-options.js'
import { energy, machine } from './option-group.js'
import { jsonOutput, quietOutput } from './output-options.js'

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
