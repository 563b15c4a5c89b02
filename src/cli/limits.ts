/** `--fail-if 'energyPerInference>0.5J'`: stops a build by its exit code, after the result has been shown. */
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import {
  checkLimits,
  type Limit,
  readLimit,
  type Verdict,
  verdictText,
  type WrongLimit,
} from '../results/gate/limit.js'
import { METRICS, type SingleRecord } from '../results/gate/metric.js'
import { printable } from '../results/printable.js'
import { EXIT } from './failure.js'
import { appendGithubSummary, githubSummaryOf } from './github-summary.js'
import { type Terminal, write } from './terminal.js'

/** What a command was told of limits. */
export interface LimitSettings {
  readonly failIf?: readonly string[] | undefined
  readonly githubSummary?: boolean | undefined
}

/** Limits, and where it is said whether they hold. */
export interface Gate {
  readonly limits: readonly Limit[]
  /** File of the summary of a build. */
  readonly summary: string | undefined
}

/**
 * Reads the limits before anything is measured.
 *
 * @param kind - of the records that the command makes
 * @throws {UsageError} `E_LIMIT` for a limit that cannot be read, or is about figures of other commands; `E_GITHUB_SUMMARY`
 */
export function readLimits(
  { failIf = [], githubSummary }: LimitSettings,
  kind: SingleRecord['kind'],
  terminal: Terminal,
): Gate {
  const limits = failIf.map((text) => {
    const limit = readLimit(text)
    if ('problem' in limit) throw wrongLimit(text, limit, kind)
    if (!limit.metric.kinds.includes(kind)) {
      throw wrongLimit(text, { problem: `this command gives no ${limit.metric.name}` }, kind)
    }
    return limit
  })
  return {
    limits,
    summary: githubSummary === true ? githubSummaryOf(terminal, 'leave out --github-summary') : undefined,
  }
}

function wrongLimit(text: string, { problem, meant }: WrongLimit, kind: SingleRecord['kind']): UsageError {
  const names = METRICS.filter(({ kinds }) => kinds.includes(kind)).map(({ name }) => name)
  const given = /^\s*[\w.]*/.exec(text)?.[0].trim() ?? ''
  const [nearest] = names.includes(given) ? [] : closestNames(given, names)
  const example = kind === 'inspection' ? 'parameters>10M' : 'latency.p99>20ms'
  const likely = meant ?? nearest
  const hint =
    likely === undefined
      ? `for example --fail-if '${example}'; figures: ${names.join(', ')}`
      : `did you mean ${likely}?`
  return new UsageError('E_LIMIT', `--fail-if ${JSON.stringify(text.slice(0, 80))}: ${problem}`, { hint })
}

/**
 * Says on standard error what is over a limit, and what is so near to one that the next run may be.
 *
 * @param records - what was measured; nothing is said where there are no limits
 * @returns `EXIT.limit` when a figure is over one, else `EXIT.success`
 * @throws {UnsupportedError} `E_LIMIT_ABSENT` when a figure is not there
 * @throws {OutputError} `E_OUTPUT` when the summary cannot be written
 */
export async function keepLimits(
  { limits, summary }: Gate,
  records: readonly SingleRecord[],
  terminal: Terminal,
): Promise<number> {
  const verdicts = checkLimits(limits, records)
  for (const verdict of verdicts.filter(({ isOver, isDoubtful }) => isOver || isDoubtful)) {
    await write(terminal.stderr, `greenbench: ${printable(verdictText(verdict))}\n`)
  }
  if (summary !== undefined && limits.length > 0) await appendGithubSummary(summary, await markdownOf(verdicts))
  return verdicts.some(({ isOver }) => isOver) ? EXIT.limit : EXIT.success
}

async function markdownOf(verdicts: readonly Verdict[]): Promise<string> {
  const { heading, list } = await import('../results/document/document.js')
  const { markdownText } = await import('../results/document/markdown.js')
  const over = verdicts.filter(({ isOver }) => isOver).length
  const said = verdicts.filter(({ isOver, isDoubtful }) => isOver || isDoubtful).map(verdictText)
  const title = over === 0 ? 'within all limits' : over === 1 ? 'over a limit' : `over ${over} limits`
  return markdownText({
    blocks: [heading(3, `greenbench: ${title}`), ...list(said.map((line) => [line]))],
    sources: [],
  })
}
