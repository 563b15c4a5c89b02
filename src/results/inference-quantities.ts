/** What a timed run has to say: one row per quantity with its figure for each record and where it comes from. */
import type { EnergyRecord, InferenceRecord } from '../core/record.js'
import {
  COUNT,
  type Figure,
  formatExact,
  formatFigure,
  formatMoney,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  LITRES,
  SECONDS,
  type Unit,
  WATTS,
} from './quantity.js'

/** One quantity of several records, as text of a file: not yet made fit for a terminal or a page. */
export interface QuantityRow {
  /** Two spaces before the name: a part of the row above. */
  readonly name: string
  /** One per record; `undefined`: not known. */
  readonly cells: readonly (string | undefined)[]
  /** Sources of all records, each once. */
  readonly source: string
}

/** One row: its cell and its source for a record. */
interface Quantity {
  readonly name: string
  /** `undefined`: not in this record. */
  cell(record: InferenceRecord): string | undefined
  source(record: InferenceRecord): string | undefined
  /** Left out altogether where no record has it; other quantities stay, without figures. */
  readonly isOptional?: boolean
}

/** @returns rows in groups: the model, its speed, its energy, the rest; a group may be empty */
export const quantityRows = (records: readonly InferenceRecord[]): readonly (readonly QuantityRow[])[] =>
  QUANTITIES.map((group) => group.flatMap((quantity) => rowOf(quantity, records)))

/** @returns no row where the quantity is optional and no record has it */
function rowOf(quantity: Quantity, records: readonly InferenceRecord[]): QuantityRow[] {
  const cells = records.map((record) => quantity.cell(record))
  const shown = records.filter((_record, index) => cells[index] !== undefined)
  if (quantity.isOptional === true && shown.length === 0) return []
  const sources = new Set(shown.map((record) => quantity.source(record)).filter((source) => source !== undefined))
  return [{ name: quantity.name, cells, source: [...sources].join('; ') }]
}

const figure = (value: Figure | undefined, unit: Unit): string | undefined =>
  value === undefined ? undefined : formatFigure(value, unit)
const plain = (value: number | undefined, unit: Unit): string | undefined =>
  value === undefined ? undefined : formatPlain(value, unit)
const interval = (value: number, { low, high }: { low: number; high: number }, unit: Unit): string =>
  formatFigure({ value, low, high }, unit)

const fromGraph = ({ counts }: InferenceRecord) => (counts === undefined ? undefined : 'counted in the file')
const fromClock = () => 'measured'

/** In groups: the model, its speed, its energy, the rest. */
const QUANTITIES: readonly (readonly Quantity[])[] = [
  [
    { name: 'parameters', cell: ({ counts }) => plain(counts?.parameters.total, COUNT), source: fromGraph },
    { name: 'MACs per batch', cell: ({ counts }) => plain(counts?.macs, COUNT), source: fromGraph },
    { name: 'FLOPs per batch', cell: ({ counts }) => plain(counts?.flops, COUNT), source: fromGraph },
  ],
  [
    {
      name: 'latency, mean',
      cell: ({ latency }) => figure(latency && { value: latency.mean, low: latency.low, high: latency.high }, SECONDS),
      source: fromClock,
    },
    { name: 'latency, p50', cell: ({ latency }) => plain(latency?.p50, SECONDS), source: fromClock },
    { name: 'latency, p90', cell: ({ latency }) => plain(latency?.p90, SECONDS), source: fromClock },
    { name: 'latency, p95', cell: ({ latency }) => plain(latency?.p95, SECONDS), source: fromClock },
    { name: 'latency, p99', cell: ({ latency }) => plain(latency?.p99, SECONDS), source: fromClock },
    { name: 'batches measured', cell: ({ latency }) => latency && formatExact(latency.count), source: fromClock },
    {
      name: 'throughput',
      cell: ({ throughput }) => throughput && interval(throughput.imagesPerSecond, throughput, IMAGES_PER_SECOND),
      source: fromClock,
    },
  ],
  [
    {
      name: 'energy per inference',
      cell: ({ energy }) => energy && interval(energy.perInference.joules, energy.perInference, JOULES),
      source: energySource,
    },
    {
      name: '  net of idle',
      cell: ({ energy }) =>
        energy?.netPerInference && interval(energy.netPerInference.joules, energy.netPerInference, JOULES),
      source: netSource,
      isOptional: true,
    },
    {
      name: 'energy of the run',
      cell: ({ energy }) => energy && interval(energy.gross.joules, energy.gross, JOULES),
      source: energySource,
      isOptional: true,
    },
    {
      name: 'idle power',
      cell: ({ energy }) => plain(energy?.idle?.watts, WATTS),
      source: idleSource,
      isOptional: true,
    },
    {
      name: 'CO2 per inference',
      cell: ({ carbon }) => carbon && interval(carbon.perInference.grams, carbon.perInference, GRAMS_CO2E),
      source: carbonSource,
    },
    {
      name: 'CO2 of the run',
      cell: ({ carbon }) => carbon && interval(carbon.total.grams, carbon.total, GRAMS_CO2E),
      source: carbonSource,
      isOptional: true,
    },
    {
      name: '  with the machine (SCI)',
      cell: ({ carbon }) => plain(carbon?.sci?.grams, GRAMS_CO2E),
      source: embodiedSource,
      isOptional: true,
    },
    {
      name: 'water per inference',
      cell: ({ water }) => plain(water?.perInference, LITRES),
      source: ({ water }) => water && `modelled: WUE ${water.wue} L/kWh`,
      isOptional: true,
    },
    {
      name: 'cost of a million inferences',
      cell: ({ cost }) => cost && formatMoney(cost.perInference * 1e6, cost.currency),
      source: ({ cost }) =>
        cost?.perKwh === undefined ? undefined : `modelled: ${Number(cost.perKwh.toPrecision(3))} per kWh, with PUE`,
      isOptional: true,
    },
  ],
  [
    {
      name: 'accuracy, top-1',
      cell: ({ accuracy }) => accuracy && formatShare(accuracy.top1),
      source: fromLabels,
      isOptional: true,
    },
    {
      name: 'accuracy, top-5',
      cell: ({ accuracy }) => (accuracy?.top5 === undefined ? undefined : formatShare(accuracy.top5)),
      source: fromLabels,
      isOptional: true,
    },
    {
      name: 'image decoding',
      cell: ({ images }) => plain(images?.decodedPerSecond, IMAGES_PER_SECOND),
      source: () => 'measured, outside the inference',
      isOptional: true,
    },
    {
      name: 'greenbench itself',
      cell: ({ own }) => (own?.share === undefined ? undefined : formatShare(own.share)),
      source: () => 'its share of the CPU time of this process',
      isOptional: true,
    },
    { name: 'model load', cell: ({ phases }) => plain(phases.load, SECONDS), source: fromClock },
  ],
]

function fromLabels({ accuracy }: InferenceRecord): string | undefined {
  return accuracy && `measured, ${formatExact(accuracy.count)} labelled images`
}

/** e.g. `measured: rapl package-0, dram`. */
export function energySource({
  energy,
}: {
  readonly energy?: Pick<EnergyRecord, 'kind' | 'measuredShare' | 'domains' | 'idle'>
}): string | undefined {
  if (energy === undefined) return undefined
  const share = energy.kind === 'mixed' ? `, ${formatShare(energy.measuredShare)} measured` : ''
  const counted = energy.domains.filter(({ isCounted }) => isCounted)
  const profilers = [...new Set(counted.map(({ profiler }) => profiler))].map((profiler) => {
    const names = counted.filter((domain) => domain.profiler === profiler).map(({ name }) => name)
    return `${profiler} ${names.join(', ')}`
  })
  return `${energy.kind}${share}: ${profilers.join('; ')}`
}

/** @returns whether idle power comes from elsewhere, from no sensor of the run */
export function isIdleGiven({ idle }: Pick<EnergyRecord, 'idle'>): boolean {
  return idle !== undefined && idle.before === undefined && idle.after === undefined
}

/** Of net energy. */
function netSource({ energy }: InferenceRecord): string | undefined {
  return energy && `${energySource({ energy })}${isIdleGiven(energy) ? '; idle power given' : ''}`
}

/** Of idle power. */
export function idleSource({ energy }: Parameters<typeof energySource>[0]): string | undefined {
  if (energy === undefined) return undefined
  return isIdleGiven(energy) ? 'given' : energySource({ energy })
}

/** What the SCI adds to the CO2 of running. */
function embodiedSource({ carbon }: InferenceRecord): string | undefined {
  if (carbon?.sci === undefined) return undefined
  const { embodiedKilograms, lifespanYears, machineShare } = carbon.sci
  return `modelled: per inference; ${embodiedKilograms} kg over ${lifespanYears} years, ${formatShare(machineShare)} of the machine`
}

/** The factor is a model even where the energy is measured. */
export function carbonSource({
  carbon,
  energy,
}: {
  readonly energy?: Pick<EnergyRecord, 'kind'>
  readonly carbon?: Pick<NonNullable<InferenceRecord['carbon']>, 'factor' | 'pue' | 'pueSource'>
}): string | undefined {
  if (carbon === undefined) return undefined
  const { gramsPerKwh, zone, zoneName, year, source } = carbon.factor
  const from = carbon.pueSource === undefined ? '' : ` (${carbon.pueSource})`
  const pue = carbon.pue === 1 ? '' : `, PUE ${carbon.pue}${from}`
  const place = [`${Number(gramsPerKwh.toPrecision(3))} g/kWh in ${zoneName ?? zone}`, year]
    .filter((part) => part !== undefined)
    .join(' ')
  const kind = energy?.kind === 'modelled' ? 'modelled' : `modelled from ${energy?.kind ?? ''} energy`
  return `${kind}: ${place}, ${source}${pue}`
}
