/** The engine of a run as far as it decides what its figures are: version, threads, and settings out of the ordinary. */
import { byText } from './identifier.js'
import type { RankableRun } from './rankable.js'

/** What engines do unless they are told otherwise, by the names that records have. */
const USUAL: Readonly<Record<string, unknown>> = {
  graphOptimizationLevel: 'all',
  interOpNumThreads: 1,
  executionMode: 'sequential',
  'session.intra_op.allow_spinning': true,
}
/** Said elsewhere in a protocol, or facts of the model rather than settings. */
const NO_SETTINGS = new Set(['intraOpNumThreads', 'backend', 'outputsNotFetched', 'graph'])

/** Parts of a protocol. */
export interface EngineProtocol {
  readonly engine: string
  readonly engineVersion: string
  readonly executionProvider: string
  /** Used where the record tells, else asked for; 0: the engine's choice. */
  readonly threads: number
  /** Absent where all are as usual. */
  readonly engineOptions?: Record<string, string>
}

/** Another version has other kernels, and another level of optimisation another graph: such runs are not the same thing. */
export function engineProtocol({ name, version, executionProvider, threads, options }: RankableRun['engine']) {
  const used = options.intraOpNumThreads
  const unusual = Object.entries(options)
    .filter(([option, value]) => !NO_SETTINGS.has(option) && typeof value !== 'object' && value !== USUAL[option])
    .map(([option, value]) => [option, String(value)] as const)
    .sort(([one], [other]) => byText(one, other))
  const protocol: EngineProtocol = {
    engine: name,
    engineVersion: version,
    executionProvider,
    threads: typeof used === 'number' && Number.isInteger(used) && used > 0 ? used : threads,
    ...(unusual.length === 0 ? {} : { engineOptions: Object.fromEntries(unusual) }),
  }
  return protocol
}
