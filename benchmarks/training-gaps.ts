/** Windows of a training without joules: a sum over the others would count them as 0, so that it is left out and named. */
import type { Warning } from '../src/core/warning.js'
import type { Missing } from './missing-figures.js'
import type { TrainingMeasurement } from './training-measurement.js'
import type { TrainingPart } from './training-part.js'

type Parts = Pick<TrainingMeasurement, 'parts'>
type Name = TrainingPart['name']

/** @returns whether the window has joules with an interval */
export const hasJoules = ({ energy }: Pick<TrainingPart, 'energy'>): boolean =>
  energy?.joules !== undefined && energy.low !== undefined && energy.high !== undefined

/** @returns whether the parts have a sum */
export const allHaveJoules = (parts: readonly Pick<TrainingPart, 'energy'>[]): boolean => parts.every(hasJoules)

/** @returns sums that are absent beside the energy of the training */
export function missingSums({ parts }: Parts): Missing[] {
  return (['decoding', 'training', 'validation'] as const).flatMap((name) => {
    const reason = whyNoSum(parts, name)
    return reason === undefined ? [] : [{ field: `energy.parts.${name}`, reason }]
  })
}

/** @returns why the whole has no energy although some windows have; `undefined` where none has */
export function whyNoWhole({ parts }: Parts): string | undefined {
  if (!parts.some(hasJoules)) return undefined
  return (
    whyNoSum(
      parts.filter(({ isWhole }) => isWhole),
      'epoch',
    ) ?? whyNoSum(parts, 'training')
  )
}

/** @returns doubts about a total that lacks the decoding, or the epoch that was cut off */
export function gapWarnings({ parts }: Parts): readonly Warning[] {
  const left = parts.filter((part) => !hasJoules(part) && (part.name === 'decoding' || isCutOff(part)))
  if (left.length === 0 || !parts.some((part) => part.name === 'epoch' && hasJoules(part))) return []
  const what = left.map(({ name }) => (name === 'decoding' ? 'decoding the images' : 'the epoch that was cut off'))
  return [
    {
      code: 'W_ENERGY_PARTIAL',
      message: `the energy of the training is without ${what.join(' and ')}, for which the sensor gave no joules`,
      hint: 'longer windows have joules: give more images, or look for a sensor that is updated more often',
    },
  ]
}

const isCutOff = ({ name, isWhole }: TrainingPart): boolean => name === 'epoch' && !isWhole

function whyNoSum(parts: readonly TrainingPart[], name: Name): string | undefined {
  const windows = parts.filter((part) => part.name === name)
  const lacking = windows.filter((part) => !hasJoules(part))
  if (lacking.length === 0) return undefined
  const [said] = lacking.flatMap(({ energy }) => energy?.warnings ?? [])
  const count = `${lacking.length} of ${windows.length} windows of ${name} have no joules`
  return said === undefined ? count : `${count}: ${said.message}`
}
