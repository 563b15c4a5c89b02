/** `greenbench carbon`: places, clouds, rough estimates and recorded runs elsewhere; offline without `--live`. */
import { type CarbonFactor, carbonFactor } from '../carbon/carbon-factor.js'
import { type CloudRegion, cloudRegions } from '../carbon/places/cloud-regions.js'
import { lookUp, rankedZones, zonesOfCountry } from '../carbon/zones.js'
import { UsageError } from '../core/errors.js'
import type { TextView } from '../results/text-style.js'
import type { CarbonAction, CarbonRequest } from './carbon-grammar.js'
import { EXIT } from './failure.js'
import { footprintOptions } from './footprint-settings.js'
import type { OptionList, Settings } from './option-definition.js'
import {
  CARBON_CURRENT_OPTIONS,
  CARBON_ESTIMATE_OPTIONS,
  CARBON_LOOKUP_OPTIONS,
  CARBON_WHAT_IF_OPTIONS,
} from './options/carbon-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import { readOptions } from './read-options.js'
import { recordSources } from './sources.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'

/** An answer in both its forms. */
interface Answer {
  readonly json: unknown
  text(view: TextView): Promise<string>
}

/** @returns the exit code */
export function carbonCommand(request: CarbonRequest, terminal: Terminal): Promise<number> {
  const { action, args } = request
  const [argument] = args
  const run = <List extends OptionList>(options: List, answer: (settings: Settings<List>) => Promise<Answer>) =>
    answered(options, request, terminal, answer)
  const actions: Readonly<Record<CarbonAction, () => Promise<number>>> = {
    current: () => run(CARBON_CURRENT_OPTIONS, current),
    lookup: () => run(CARBON_LOOKUP_OPTIONS, async () => factorAnswer(await lookUp(argument ?? ''))),
    address: () =>
      run(CARBON_LOOKUP_OPTIONS, async () => factorAnswer(await carbonFactor({ address: argument ?? '' }))),
    top: () => run(CARBON_LOOKUP_OPTIONS, () => ranked('highest', argument)),
    bottom: () => run(CARBON_LOOKUP_OPTIONS, () => ranked('lowest', argument)),
    cloud: () => run(CARBON_LOOKUP_OPTIONS, () => clouds(argument)),
    estimate: () => run(CARBON_ESTIMATE_OPTIONS, estimate),
    'what-if': () => run(CARBON_WHAT_IF_OPTIONS, (settings) => otherPlaces(argument ?? '', settings)),
  }
  return actions[action]()
}

async function answered<List extends OptionList>(
  options: List,
  { given, args, action }: CarbonRequest,
  terminal: Terminal,
  answer: (settings: Settings<List>) => Promise<Answer>,
): Promise<number> {
  const { settings } = await readOptions(options, given, terminal)
  const output: Settings<typeof CARBON_LOOKUP_OPTIONS> = settings
  await checkOutputs(output, action === 'what-if' ? recordSources(args) : [])
  const { json, text } = await answer(settings)
  const view = { width: widthOf(terminal), style: styleOf(terminal, 'stdout', output.color !== false) }
  await showResult(
    output,
    { json: async () => `${JSON.stringify(json, undefined, 2)}\n`, table: () => text(view) },
    terminal,
  )
  return EXIT.success
}

const texts = () => import('../results/carbon-text.js')

async function factorAnswer(factor: CarbonFactor): Promise<Answer> {
  const zones = await zonesOfCountry(factor.zone)
  return { json: { ...factor, zones }, text: async (view) => (await texts()).factorText(factor, zones, view) }
}

async function current(settings: Settings<typeof CARBON_CURRENT_OPTIONS>): Promise<Answer> {
  const { openFootprint } = await import('../../benchmarks/footprint.js')
  await using footprint = await openFootprint(footprintOptions(settings), () => new Date())
  const { factor } = footprint
  return { json: factor, text: async (view) => (await texts()).factorText(factor, [], view) }
}

const HIGHEST_COUNT = 1000

async function ranked(end: 'highest' | 'lowest', count = '10'): Promise<Answer> {
  const wanted = /^\d{1,4}$/.test(count) ? Number(count) : 0
  if (wanted < 1 || wanted > HIGHEST_COUNT) {
    throw new UsageError('E_USAGE', `how many zones? "${count.slice(0, 40)}" is no number from 1 to ${HIGHEST_COUNT}`, {
      hint: `greenbench carbon ${end === 'highest' ? 'top' : 'bottom'} 10`,
    })
  }
  const zones = await rankedZones()
  const chosen = (end === 'highest' ? zones.toReversed() : zones).slice(0, wanted)
  return { json: chosen, text: async (view) => (await texts()).zonesText(`${end} intensity`, chosen, view) }
}

async function clouds(provider: string | undefined): Promise<Answer> {
  const wanted = cloudRegions().filter((one) => provider === undefined || one.provider === provider.toLowerCase())
  if (wanted.length === 0) {
    throw new UsageError('E_CLOUD', `there is no cloud provider "${provider?.slice(0, 40)}"`, {
      hint: 'choose aws, gcp or azure, or leave it out',
    })
  }
  const name = ({ provider: of, region }: CloudRegion) => `${of}:${region}`
  const regions = await Promise.all(
    wanted.map(async (region) => ({ region, factor: await carbonFactor({ cloud: name(region) }) })),
  )
  const json = regions.map(({ region, factor }) => ({
    ...region,
    zoneName: factor.zoneName,
    gramsPerKwh: factor.gramsPerKwh,
    year: factor.year,
    source: factor.source,
  }))
  return { json, text: async (view) => (await texts()).cloudText(regions, view) }
}

async function estimate(settings: Settings<typeof CARBON_ESTIMATE_OPTIONS>): Promise<Answer> {
  const { hours, cpuThreads, ...machine } = settings
  if (hours === undefined) {
    throw new UsageError('E_ESTIMATE', 'how long will it run?', { hint: 'give --hours, e.g. --hours 12' })
  }
  const { roughEstimate } = await import('../../benchmarks/rough-estimate.js')
  const { openFootprint } = await import('../../benchmarks/footprint.js')
  const now = new Date()
  await using footprint = await openFootprint(footprintOptions(settings), () => now)
  const result = roughEstimate({ ...machine, hours, threads: cpuThreads }, footprint, now)
  return { json: result, text: async (view) => (await texts()).estimateText(result, view) }
}

async function otherPlaces(path: string, { countries }: Settings<typeof CARBON_WHAT_IF_OPTIONS>): Promise<Answer> {
  if (countries === undefined) {
    throw new UsageError('E_WHAT_IF', 'which places?', { hint: 'name countries, e.g. --countries FR,DE,PL,US' })
  }
  const { readRecords } = await import('../results/read-record.js')
  const { whatIf } = await import('../../benchmarks/what-if.js')
  const results = await whatIf(await readRecords(path), countries)
  return { json: results, text: async (view) => (await texts()).whatIfText(results, view) }
}
