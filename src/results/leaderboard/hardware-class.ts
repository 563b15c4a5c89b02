/** Which machines are alike enough to be ranked together: the same processor with as many cores, or the same boards. */
import type { InferenceRecord } from '../../core/record.js'
import { identifier } from './identifier.js'
import type { HardwareClass } from './leaderboard.js'

/** What the class is read from. */
export interface HardwareFacts {
  readonly host: { readonly cpu?: unknown }
  readonly engine: Pick<InferenceRecord['engine'], 'executionProvider'>
  readonly energy?: { readonly domains: readonly CountedDomain[] } | undefined
}

type CountedDomain = Pick<NonNullable<InferenceRecord['energy']>['domains'][number], 'part' | 'source' | 'isCounted'>

/** Providers that compute on the processor, or on the chip that it is a part of. */
const ON_PROCESSOR = new Set(['cpu', 'wasm', 'xnnpack', 'coreml'])

/**
 * Memory, system, governor and whether the machine is a virtual one are conditions of a run and no part of the class.
 *
 * @returns the class, or `undefined` when the record does not tell which processor or board did the work
 */
export function hardwareClass({ host, engine, energy }: HardwareFacts): HardwareClass | undefined {
  if (!ON_PROCESSOR.has(engine.executionProvider.toLowerCase())) return boards(energy?.domains ?? [])
  return processor(host.cpu)
}

function processor(cpu: unknown): HardwareClass | undefined {
  if (typeof cpu !== 'object' || cpu === null) return undefined
  const facts = new Map<string, unknown>(Object.entries(cpu))
  const model = facts.get('model')
  const count = (name: string): number | undefined => {
    const value = facts.get(name)
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined
  }
  if (typeof model !== 'string' || model.trim() === '' || model === 'unknown') return undefined
  const [packages = 1, cores, threads, quota] = ['packages', 'physicalCores', 'logicalCpus', 'quotaCpus'].map(count)
  if (threads === undefined) return undefined
  const size = [
    ...(cores === undefined ? [] : [packages > 1 ? `${packages} x ${cores / packages} cores` : plural(cores, 'core')]),
    plural(threads, 'thread'),
    ...(quota === undefined ? [] : [`limited to ${quota}`]),
  ]
  return named('cpu', `${tidy(model)}, ${size.join(', ')}`)
}

/** Boards whose energy was counted; their names stand at the end of what the sensor says of its source. */
function boards(domains: readonly CountedDomain[]): HardwareClass | undefined {
  const counted = domains.filter(({ part, isCounted }) => part === 'gpu' && isCounted)
  const names = counted.map(({ source }) => /^NVML [a-z ]+ of the whole board[^,]*, (.+)$/.exec(source ?? '')?.[1])
  const known = names.filter((name) => name !== undefined && name !== 'NVIDIA GPU')
  if (known.length === 0 || known.length < counted.length || new Set(known).size > 1) return undefined
  return named('gpu', `${counted.length > 1 ? `${counted.length} x ` : ''}${tidy(known[0] ?? '')}`)
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const tidy = (name: string): string =>
  name
    .replace(/\((?:R|TM|C)\)|[®™]/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const named = (kind: HardwareClass['kind'], name: string): HardwareClass => ({
  id: identifier(name, `${kind} ${name}`),
  name,
  kind,
})
