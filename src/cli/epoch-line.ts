/** What stays of an epoch on the terminal once its bar is gone, and what its bar says. */
import type { Progress } from '../../benchmarks/options.js'
import type { EpochRecord } from '../core/record.js'
import { formatPlain, formatShare, IMAGES_PER_SECOND, JOULES, SECONDS, WATTS } from '../results/quantity.js'

/** @param epochs - of the training */
export function epochLine(
  { epoch, complete, training, validation, seconds, energy, watts }: EpochRecord,
  epochs: number,
): string {
  return [
    `epoch ${epoch}/${epochs}${complete ? '' : ', cut'}`,
    ...learnt(training),
    ...(validation?.accuracy === undefined ? [] : [`validation ${formatShare(validation.accuracy)}`]),
    formatPlain(seconds, SECONDS),
    ...cost({ imagesPerSecond: training.imagesPerSecond, watts, joules: energy?.joules }),
  ].join(' · ')
}

/** @returns e.g. `loss 0.5321 · 84.2% · 812 images/s · 34.1 W · 120 J` */
export const epochDetail = (progress: Extract<Progress, { epoch: number }>): string =>
  [...learnt(progress), ...cost(progress)].join(' · ')

function learnt({ loss, accuracy }: { readonly loss?: number | undefined; readonly accuracy?: number | undefined }) {
  return [
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(accuracy === undefined ? [] : [formatShare(accuracy)]),
  ]
}

interface Cost {
  readonly imagesPerSecond?: number | undefined
  readonly watts?: number | undefined
  readonly joules?: number | undefined
}

function cost({ imagesPerSecond, watts, joules }: Cost): string[] {
  const parts = [
    [imagesPerSecond, IMAGES_PER_SECOND],
    [watts, WATTS],
    [joules, JOULES],
  ] as const
  return parts.flatMap(([value, unit]) => (value === undefined ? [] : [formatPlain(value, unit)]))
}
