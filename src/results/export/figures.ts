/** Figures of records as other programs keep them: one name, one unit and one meaning in all of them. */
import type { InferenceRecord, TrainingRecord } from '../../core/record.js'
import type { Figure } from '../quantity.js'

/** What a figure rests on. */
export type FigureKind = 'counted' | 'measured' | 'modelled' | 'mixed'

/** One figure of a record of some kind. */
export interface ExportFigure<Result> {
  /** Without unit, words between underscores, e.g. `energy_per_inference`. */
  readonly name: string
  /** Written out, as names of Prometheus end: `joules`; empty for a count of what the name says. */
  readonly unit: string
  /** The same by the Unified Code for Units of Measure. */
  readonly ucum: string
  /** One sentence. */
  readonly help: string
  /** `undefined`: not in this record. */
  of(record: Result): Figure | undefined
  kind(record: Result): FigureKind
}

/** Of a figure by the clock. */
export const clocked = (): FigureKind => 'measured'

/** Of a figure by a formula alone. */
export const modelled = (): FigureKind => 'modelled'

/** Of a figure that rests on the joules of a record as they do. */
export const byEnergy = ({ energy }: Pick<InferenceRecord | TrainingRecord, 'energy'>): FigureKind =>
  energy?.kind ?? 'modelled'

/** @returns what makes figures of one unit */
export const figuresIn =
  <Result>(kind: (record: Result) => FigureKind, unit: string, ucum: string) =>
  (name: string, help: string, of: ExportFigure<Result>['of']): ExportFigure<Result> => ({
    name,
    unit,
    ucum,
    help,
    of,
    kind,
  })

/** A figure whose spread is not known, or that has none. */
export const plain = (value: number | undefined): Figure | undefined => (value === undefined ? undefined : { value })

/** A figure with its 95% interval. */
export const interval = (value: number, { low, high }: { readonly low: number; readonly high: number }): Figure => ({
  value,
  low,
  high,
})

/** A figure that a record has. */
export interface PresentFigure extends Omit<ExportFigure<never>, 'of' | 'kind'> {
  readonly figure: Figure
  readonly kind: FigureKind
}

/** @returns those figures that the record has */
export const figuresOf = <Result>(record: Result, all: readonly ExportFigure<Result>[]): readonly PresentFigure[] =>
  all.flatMap(({ of, kind, ...about }) => {
    const figure = of(record)
    return figure === undefined ? [] : [{ ...about, figure, kind: kind(record) }]
  })

/** A figure and the bounds of its interval, each under its full name: `energy_per_inference_low_joules`. */
export const partsOf = ({ figure, ...about }: PresentFigure) =>
  (['', 'low', 'high'] as const).flatMap((part) => {
    const value = part === '' ? figure.value : figure[part]
    return value === undefined ? [] : [{ name: unitName(about, part), part, value }]
  })

const unitName = ({ name, unit }: Pick<ExportFigure<never>, 'name' | 'unit'>, part: string): string =>
  [name, part, unit].filter((word) => word !== '').join('_')
