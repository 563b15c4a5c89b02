/** What an appendix can say of a run: figures by name, or any number of its record by its path. */

import type { InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import { JOULES_PER_KWH } from '../../core/units.js'
import { macsPerInference } from '../macs-per-inference.js'
import { COUNT, GRAMS_CO2E, IMAGES_PER_SECOND, JOULES, RATIO, SECONDS, type Unit } from '../quantity.js'

/** A run whose energy can be told. */
export type AppendixRecord = InferenceRecord | TrainingRecord

/** What ran from its start to its end: a run, or a comparison whose competitors ran in turn, in one process. */
export type RunningProcess = Pick<ResultRecord, 'id' | 'startedAt' | 'completedAt'>

/** Why a figure is not known. */
export interface Unknown {
  readonly reason: string
}

/** One figure of a run. */
export interface Variable {
  readonly title: string
  readonly unit: Unit
  /** Whether runs add up to something: energies of runs do, latencies do not. */
  readonly isAdditive: boolean
  /** Of the process, so that runs which share one have it together. */
  readonly isOfProcess: boolean
  /** @returns `undefined`: not known */
  read(record: AppendixRecord, process: RunningProcess): number | Unknown | undefined
}

const HOURS: Unit = { symbol: 'h', prefixes: new Map([[0, 'h']]) }
const KILOWATT_HOURS: Unit = { symbol: 'kWh', prefixes: new Map([[0, 'kWh']]) }
const KILOGRAMS: Unit = { symbol: 'kg', prefixes: new Map([[0, 'kg']]) }
const SECONDS_PER_HOUR = 3600

const figure = (title: string, unit: Unit, read: Variable['read'], isAdditive = false): Variable => ({
  title,
  unit,
  read,
  isAdditive,
  isOfProcess: false,
})

const ofProcess = (title: string, read: Variable['read']): Variable => ({
  ...{ title, unit: HOURS, read },
  ...{ isAdditive: true, isOfProcess: true },
})

const inferenceOf = (record: AppendixRecord) => (record.kind === 'inference' ? record : undefined)
const trainingOf = (record: AppendixRecord) => (record.kind === 'training' ? record : undefined)
const withPue = (record: AppendixRecord): number | undefined =>
  record.energy && record.energy.gross.joules * (record.carbon?.pue ?? 1)

/** By name. Those with underscores are the names of experiment-impact-tracker, in its units. */
const VARIABLES: Readonly<Record<string, Variable>> = {
  energyPerInference: figure('Energy per inference', JOULES, (run) => inferenceOf(run)?.energy?.perInference.joules),
  netEnergyPerInference: figure(
    'Net energy per inference',
    JOULES,
    (run) => inferenceOf(run)?.energy?.netPerInference?.joules,
  ),
  energyPerEpoch: figure('Energy per epoch', JOULES, (run) => trainingOf(run)?.energy?.perEpoch?.joules),
  energy: figure('Energy of the run', JOULES, ({ energy }) => energy?.gross.joules, true),
  carbonPerInference: figure('CO2e per inference', GRAMS_CO2E, (run) => inferenceOf(run)?.carbon?.perInference.grams),
  carbon: figure('CO2e of the run', GRAMS_CO2E, ({ carbon }) => carbon?.total.grams, true),
  latencyMean: figure('Latency, mean', SECONDS, ({ latency }) => latency?.mean),
  latencyP50: figure('Latency, p50', SECONDS, ({ latency }) => latency?.p50),
  latencyP95: figure('Latency, p95', SECONDS, ({ latency }) => latency?.p95),
  latencyP99: figure('Latency, p99', SECONDS, ({ latency }) => latency?.p99),
  throughput: figure('Throughput', IMAGES_PER_SECOND, ({ throughput }) => throughput?.imagesPerSecond),
  accuracy: figure('Accuracy, top-1', RATIO, ({ accuracy }) => accuracy?.top1),
  parameters: figure('Parameters', COUNT, ({ counts }) => counts?.parameters.total),
  macs: figure('MACs per inference', COUNT, ({ counts }) => macsPerInference(counts)),
  total_power: figure(
    'Energy with PUE (total_power)',
    KILOWATT_HOURS,
    (run) => divided(withPue(run), JOULES_PER_KWH),
    true,
  ),
  exp_len_hours: ofProcess('Length (exp_len_hours)', (_run, process) => hoursOf(process)),
  cpu_hours: ofProcess('CPU time (cpu_hours)', (run) =>
    divided(numberAt(run, 'conditions.ownCpuSeconds'), SECONDS_PER_HOUR),
  ),
  // No record has the busy time of its boards.
  gpu_hours: ofProcess('GPU time (gpu_hours)', () => undefined),
  estimated_carbon_impact_kg: figure(
    'CO2e of the run (estimated_carbon_impact_kg)',
    KILOGRAMS,
    ({ carbon }) => divided(carbon?.total.grams, 1000),
    true,
  ),
}

/** What is said where a group does not choose. */
export const DEFAULT_VARIABLES = [
  'energyPerInference',
  'energyPerEpoch',
  'carbon',
  'latencyP50',
  'accuracy',
  'exp_len_hours',
] as const

/** @returns whether the figure is measured or modelled as the energy of its run is, so that no mean may be over both */
export const restsOnEnergy = (name: string): boolean =>
  /^(?:energy|netEnergy|carbon|water|cost|socialCost|total_power$|estimated_carbon_impact_kg$)/.test(name)

/** Paths of a record whose number has a name, and with it a unit. */
const SAME_AS: Readonly<Record<string, string>> = {
  'energy.perInference.joules': 'energyPerInference',
  'energy.netPerInference.joules': 'netEnergyPerInference',
  'energy.perEpoch.joules': 'energyPerEpoch',
  'energy.gross.joules': 'energy',
  'carbon.perInference.grams': 'carbonPerInference',
  'carbon.total.grams': 'carbon',
  'latency.mean': 'latencyMean',
  'latency.p50': 'latencyP50',
  'latency.p95': 'latencyP95',
  'latency.p99': 'latencyP99',
  'throughput.imagesPerSecond': 'throughput',
  'accuracy.top1': 'accuracy',
  'counts.parameters.total': 'parameters',
  'counts.macs': 'macs',
}

/** @param name - of a variable, or the path of a number in a record, e.g. `latency.p50` */
export function variableOf(name: string): Variable {
  const known = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined
  if (known !== undefined) return known
  const same = Object.hasOwn(SAME_AS, name) ? SAME_AS[name] : undefined
  // What any other number of a path means, and whether it adds up, is for the reader to know.
  return same === undefined ? figure(name, RATIO, (record) => numberAt(record, name)) : variableOf(same)
}

function hoursOf({ startedAt, completedAt }: RunningProcess): number | Unknown {
  const hours = (Date.parse(completedAt) - Date.parse(startedAt)) / 1000 / SECONDS_PER_HOUR
  return hours >= 0 ? hours : { reason: 'it ends before it starts, so its clock was set' }
}

const divided = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value / by

/** Only what the record itself holds is ever looked at. */
function numberAt(record: object, path: string): number | undefined {
  let value: unknown = record
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return typeof value === 'number' ? value : undefined
}
