/** What a label says of a record. */
import type { InferenceRecord } from '../../core/record.js'
import { gradeOf } from '../grade/grade.js'
import { hardwareClass } from '../leaderboard/hardware-class.js'
import type { Grade } from '../leaderboard/leaderboard.js'
import { shortened } from '../printable.js'
import { formatExact, formatFigure, formatShare, GRAMS_CO2E, JOULES } from '../quantity.js'

/** An accuracy that somebody published, for a record that has none of its own. */
export interface StatedAccuracy {
  /** On the 50,000 images of the ImageNet-1k validation set. */
  readonly top1: number
  readonly source: string
}

/** A figure with its name and where it is from. */
export interface LabelRow {
  readonly name: string
  /** Absent where it is not known. */
  readonly figure: string | undefined
  readonly source: string
  /** Behind the source, e.g. `, 380 g/kWh`. */
  readonly sourceFigure?: string
}

/** Texts of a label. */
export interface LabelFacts {
  /** Of the record. */
  readonly id: string
  readonly model: string
  readonly grade: Grade
  readonly rows: readonly LabelRow[]
  readonly hardware: string
  /** Engine and where it runs. */
  readonly protocol: string
  readonly batchSize: number
  /** Day of the run, `YYYY-MM-DD`. */
  readonly date: string
  readonly version: string
}

const CO2_INFERENCES = 1000
/** More characters are cut in the middle. */
const LONGEST_VERSION = 24
const VALIDATION = { images: 50_000, classes: 1000 } as const

/** @param stated - takes the place of the record's own accuracy */
export function labelFacts(record: InferenceRecord, stated?: StatedAccuracy): LabelFacts {
  const { energy, model, engine, batchSize, completedAt, versions } = record
  const hardware = hardwareClass(record)
  const accuracy = stated === undefined ? record.accuracy : { top1: stated.top1, count: VALIDATION.images }
  const perInference = energy?.perInference
  const grade = gradeOf({
    hardware: hardware?.kind,
    joules: perInference && { value: perInference.joules, low: perInference.low, high: perInference.high },
    kind: energy?.kind,
    measuredShare: energy?.measuredShare ?? 0,
    accuracy,
    imageClasses: stated === undefined ? record.images?.classes : VALIDATION.classes,
    outputs: model.outputs,
  })
  return {
    id: record.id,
    model: model.name,
    grade,
    rows: [energyRow(record), carbonRow(record), accuracyRow(accuracy, stated)],
    hardware: hardware?.name ?? 'unknown hardware',
    protocol: `${engine.name} ${engine.version} on ${engine.executionProvider}`,
    batchSize,
    date: completedAt.slice(0, 10),
    version: shortened(versions.greenbench ?? 'unknown', LONGEST_VERSION),
  }
}

function energyRow({ energy, missing }: InferenceRecord): LabelRow {
  const name = 'Energy per inference'
  if (energy === undefined) return { name, figure: undefined, source: reasonFor('energy', missing) }
  const { joules, low, high } = energy.perInference
  const source = energy.kind === 'mixed' ? `${formatShare(energy.measuredShare)} measured` : energy.kind
  return { name, figure: formatFigure({ value: joules, low, high }, JOULES), source }
}

function carbonRow({ carbon, missing }: InferenceRecord): LabelRow {
  const name = `CO2e per ${formatExact(CO2_INFERENCES)} inferences`
  if (carbon === undefined) return { name, figure: undefined, source: reasonFor('carbon', missing) }
  const [value, low, high] = [carbon.perInference.grams, carbon.perInference.low, carbon.perInference.high].map(
    (grams) => grams * CO2_INFERENCES,
  )
  const { factor } = carbon
  const figure = formatFigure({ value: value ?? 0, low, high }, GRAMS_CO2E).replace(' CO2e', '')
  const source = factor.zoneName ?? factor.zone
  return { name, figure, source, sourceFigure: `, ${Math.round(factor.gramsPerKwh)} g/kWh` }
}

function accuracyRow(
  accuracy: { readonly top1: number; readonly count: number } | undefined,
  stated: StatedAccuracy | undefined,
): LabelRow {
  const name = 'Accuracy, top-1'
  if (accuracy === undefined) return { name, figure: undefined, source: 'not measured' }
  const source =
    stated === undefined ? `measured, ${formatExact(accuracy.count)} images` : `stated, not measured: ${stated.source}`
  return { name, figure: formatShare(accuracy.top1), source }
}

const reasonFor = (field: string, missing: InferenceRecord['missing']): string =>
  missing.find((one) => one.field.startsWith(field))?.reason ?? 'not measured'
