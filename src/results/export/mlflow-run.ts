/** A record in the words of MLflow, within the lengths that every server takes. */
import { createHash } from 'node:crypto'
import { printable } from '../printable.js'
import type { Exportable } from './exportable.js'
import { partsOf } from './figures.js'

/** One point of a series. */
export interface MlflowMetric {
  readonly key: string
  readonly value: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly step: number
}

/** A param or a tag. */
export interface MlflowEntry {
  readonly key: string
  readonly value: string
}

/** What is kept of one record. */
export interface MlflowRun {
  readonly name: string
  /** The same for the same record, so that a second export finds the first. */
  readonly recordId: string
  /** Milliseconds since 1970. */
  readonly start: number
  readonly end: number
  readonly status: 'FINISHED' | 'FAILED'
  readonly metrics: readonly MlflowMetric[]
  readonly params: readonly MlflowEntry[]
  readonly tags: readonly MlflowEntry[]
}

/** Tag by which a run is found again. */
export const RECORD_TAG = 'greenbench_record_id'

/** Shortest limits that servers of version 1 and later have; of keys and values. */
const LONGEST = { key: 250, param: 500, tag: 5000 } as const
const DEEPEST_OPTION = 4

/** @see https://mlflow.org/docs/latest/api_reference/rest-api.html#request-limits */
export function mlflowRun({ record, labels, figures }: Exportable): MlflowRun {
  const recordId = searchable(record.id)
  const [start, end] = [Date.parse(record.startedAt), Date.parse(record.completedAt)]
  const { note: _note, ...options } = record.options
  return {
    name: cut(`${labels.model ?? ''} batch ${labels.batch_size ?? '-'}`, LONGEST.key),
    recordId,
    start,
    end,
    status: record.complete ? 'FINISHED' : 'FAILED',
    metrics: [
      ...figures.flatMap((present) =>
        partsOf(present).map(({ name, value }) => ({ key: name, value, timestamp: end, step: 0 })),
      ),
      ...seriesOf(record, start),
    ],
    params: entries({ ...labels, ...settingsOf(record), ...flattened(options, 'option') }, LONGEST.param),
    tags: entries({ [RECORD_TAG]: recordId, ...tagsOf(record, figures) }, LONGEST.tag),
  }
}

/** Ids are UUIDs; one that is not could say something else in a filter. */
const searchable = (id: string): string =>
  /^[\w-]{1,64}$/.test(id) ? id : createHash('sha256').update(id).digest('hex')

/** What changed during the run: steps count windows, or epochs. */
function seriesOf(record: Exportable['record'], start: number): readonly MlflowMetric[] {
  if (record.kind === 'inspection') return []
  const point = (key: string, value: number | undefined, seconds: number, step: number): readonly MlflowMetric[] =>
    value === undefined ? [] : [{ key, value, timestamp: start + Math.round(seconds * 1000), step }]
  if (record.kind === 'inference') {
    return record.samples.windows
      .filter(({ seconds }) => seconds > 0)
      .flatMap(({ startedAt, seconds, inferences, joules }, step) => [
        ...point('window_images_per_second', inferences / seconds, startedAt, step),
        ...point('window_power_watts', joules === undefined ? undefined : joules / seconds, startedAt, step),
      ])
  }
  const epochs = record.epochs.flatMap(({ epoch, startedAt, seconds, training, validation, energy, carbon }) => {
    const end = startedAt + seconds
    return [
      ...point('epoch_seconds', seconds, end, epoch),
      ...point('epoch_training_loss', training.loss, end, epoch),
      ...point('epoch_training_accuracy_ratio', training.accuracy, end, epoch),
      ...point('epoch_validation_loss', validation?.loss, end, epoch),
      ...point('epoch_validation_accuracy_ratio', validation?.accuracy, end, epoch),
      ...point('epoch_energy_joules', energy?.joules, end, epoch),
      ...point('epoch_co2e_grams', carbon?.grams, end, epoch),
    ]
  })
  const power = record.samples.power.flatMap(({ startedAt, watts }, step) =>
    point('window_power_watts', watts, startedAt, step),
  )
  return [...epochs, ...power]
}

function tagsOf(record: Exportable['record'], figures: Exportable['figures']): Readonly<Record<string, string>> {
  const carbon = record.kind === 'inspection' ? undefined : record.carbon
  const kinds = [...new Set(figures.filter(({ name }) => name.startsWith('energy_per')).map(({ kind }) => kind))]
  const notes = [
    ...record.missing.map(({ field, reason }) => `- ${field} is absent: ${reason}`),
    ...record.warnings.map(({ code, message, hint }) => `- ${code}: ${message} (${hint})`),
  ]
  return {
    greenbench_version: record.versions.greenbench ?? '',
    model_sha256: record.model.sha256 ?? '',
    energy_rests_on: kinds.join(' '),
    carbon_source: carbon?.factor.source ?? '',
    carbon_zone: carbon?.factor.zone ?? '',
    warnings: record.warnings.map(({ code }) => code).join(' '),
    'mlflow.note.content': notes.join('\n'),
  }
}

const settingsOf = (record: Exportable['record']): Readonly<Record<string, string>> =>
  record.kind === 'training' ? flattened(record.settings, 'training') : {}

/** `{ engine: { threads: 0 } }` as `option.engine.threads`; lists as JSON. */
function flattened(value: unknown, name: string, depth = 0): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth >= DEEPEST_OPTION) {
    return { [name]: typeof value === 'string' ? value : JSON.stringify(value) }
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flattened(inner, `${name}.${key}`, depth + 1)),
  )
}

/** Keys of letters, digits, `_`, `.`, `-` and spaces; what is empty is left out. */
function entries(values: Readonly<Record<string, string>>, longest: number): readonly MlflowEntry[] {
  const clean = Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => [cut(key.replace(/[^\w.\- ]/g, '_'), LONGEST.key), cut(value, longest)] as const)
  return [...new Map(clean)].map(([key, value]) => ({ key, value }))
}

/** Line ends stay; what a lone half of a character would break is written out. */
function cut(text: string, longest: number): string {
  const shown = text.split('\n').map(printable).join('\n')
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 3).replace(/\p{Surrogate}$/u, '')}...`
}
