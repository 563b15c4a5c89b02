/** The A to G grade: joules of one image against what an edition's line allows at the accuracy reached. */
import type { Edition, Grade, HardwareClass, Letter, ReferenceLine } from '../leaderboard/leaderboard.js'
import { EDITION_2026, GRADED_CLASSES, LEAST_MEASURED_SHARE, MOST_LETTERS } from './edition-2026.js'
import { wilsonInterval } from './wilson-interval.js'

/** What is graded. */
export interface Graded {
  readonly hardware: HardwareClass['kind'] | undefined
  /** Of one image, gross, with the 95% interval. */
  readonly joules: { readonly value: number; readonly low: number; readonly high: number } | undefined
  readonly kind: 'measured' | 'modelled' | 'mixed' | undefined
  readonly measuredShare: number
  readonly accuracy: { readonly top1: number; readonly count: number } | undefined
  /** Classes of the images that accuracy was found on. */
  readonly imageClasses: number | undefined
  readonly outputs: readonly { readonly shape?: readonly (number | string)[] | undefined }[]
}

/** Joules of a reference line at an accuracy, for charts and for grades. */
export const referenceJoules = (line: ReferenceLine, top1: number): number =>
  line.joules * (odds(top1) / odds(line.atTop1)) ** line.exponent

/**
 * The index is the joules by those of the line. Its interval joins that of the joules and Wilson's of the accuracy, which
 * are independent, on a scale of ratios. No other model has any part in it.
 */
export function gradeOf(graded: Graded): Grade {
  const line = EDITION_2026.lines.find(({ name }) => name === graded.hardware)
  const reason = whyNot(graded, line)
  const { joules, accuracy } = graded
  if (reason !== undefined || line === undefined || joules === undefined || accuracy === undefined) {
    return notGraded(reason ?? 'figures are missing')
  }
  const index = indexOf(joules, accuracy, line)
  const [letter, best, worst] = [index.value, index.low, index.high].map(letterOf) as [Letter, Letter, Letter]
  if (LETTERS.indexOf(worst) - LETTERS.indexOf(best) >= MOST_LETTERS) {
    return notGraded(`the interval reaches from ${best} to ${worst}: measure longer, or on more images`)
  }
  return { edition: EDITION_2026.name, line: line.name, letter, best, worst, index }
}

/** @returns e.g. `B`, or `B-C` where the interval crosses the boundary; `undefined` without a grade */
export function gradeText(grade: Grade): string | undefined {
  if ('notGraded' in grade) return undefined
  return grade.best === grade.worst ? grade.letter : `${grade.best}-${grade.worst}`
}

const notGraded = (reason: string): Grade => ({ edition: EDITION_2026.name, notGraded: reason })

/** The letters, the greenest first. */
export const LETTERS: readonly Letter[] = ['A', 'B', 'C', 'D', 'E', 'F', 'G']

const letterOf = (index: number): Letter =>
  EDITION_2026.limits.find((limit: Edition['limits'][number]) => index <= limit.index)?.letter ?? 'G'

/** The first thing that stands in the way of a grade. */
function whyNot(graded: Graded, line: ReferenceLine | undefined): string | undefined {
  const { hardware, joules, kind, measuredShare, accuracy, imageClasses } = graded
  if (hardware === undefined) return 'the record does not tell the hardware'
  if (line === undefined) return noLineFor(hardware)
  if (joules === undefined) return 'energy is not known'
  if (kind === 'modelled') return 'energy is modelled, not measured'
  if (measuredShare < LEAST_MEASURED_SHARE) {
    return `${percent(measuredShare)} of the energy is measured, less than ${percent(LEAST_MEASURED_SHARE)}`
  }
  if (!graded.outputs.some(({ shape }) => isGradedTask(shape))) {
    return `the model is no classifier of the ${GRADED_CLASSES} classes that the lines hold for`
  }
  if (accuracy === undefined || accuracy.count === 0) return 'accuracy is not known'
  if ((imageClasses ?? 0) < GRADED_CLASSES) {
    return `accuracy is of images of ${imageClasses ?? 0} of the ${GRADED_CLASSES} classes`
  }
  if (accuracy.top1 < line.fromTop1 || accuracy.top1 > line.toTop1) {
    return `the line holds for an accuracy of ${percent(line.fromTop1)} to ${percent(line.toTop1)}`
  }
  return joules.value > 0 ? undefined : 'energy is not above 0'
}

/** A letter by the line of other hardware would be wrong, so there is none. */
function noLineFor(hardware: HardwareClass['kind']): string {
  const known = EDITION_2026.lines.map(({ name }) => `${name.toUpperCase()}s`).join(' and ')
  return `edition ${EDITION_2026.name} has reference lines for ${known} only, none for a ${hardware.toUpperCase()}`
}

const percent = (value: number): string => `${Number((value * 100).toFixed(1))}%`

const isGradedTask = (shape: readonly (number | string)[] | undefined): boolean =>
  shape?.some((size) => size === GRADED_CLASSES || size === GRADED_CLASSES + 1) === true

function indexOf(
  { value, low, high }: NonNullable<Graded['joules']>,
  { top1, count }: NonNullable<Graded['accuracy']>,
  line: ReferenceLine,
) {
  const accuracy = wilsonInterval(top1, count)
  const index = value / referenceJoules(line, top1)
  const shift = (end: number): number => Math.abs(line.exponent * Math.log(odds(end) / odds(top1)))
  const down = Math.hypot(Math.log(value / Math.max(0, low)), shift(accuracy.high))
  const up = Math.hypot(Math.log(Math.max(high, value) / value), shift(accuracy.low))
  return { value: index, low: index * Math.exp(-down), high: index * Math.exp(up) }
}

const odds = (top1: number): number => top1 / (1 - top1)
