/** Figures of a competitor round by round, from the windows of its record where the comparison keeps none of them itself. */
import type { ComparisonRecord, InferenceRecord } from '../../core/record.js'
import type { Metric } from '../gate/metric.js'
import { sampleOfEach } from './samples.js'

type Block = ComparisonRecord['competitors'][number]['blocks'][number]
type Window = InferenceRecord['samples']['windows'][number]

/**
 * @param record - of the competitor; its windows follow each other as its rounds do
 * @param blocks - of the competitor, one for each round, with how many batches it had
 * @returns a figure for each round; `NaN` where it is not known of the whole round
 */
export function roundFigures(metric: Metric, record: InferenceRecord, blocks: readonly Block[]): readonly number[] {
  const left = [...record.samples.windows]
  const windows = blocks.map(({ batches }) => joined(takenFrom(left, batches * record.batchSize)))
  return sampleOfEach(metric, { ...record, samples: { ...record.samples, windows } })
}

/** @returns the first windows that make so many inferences together; they are taken away */
function takenFrom(windows: Window[], inferences: number): readonly Window[] {
  const taken: Window[] = []
  for (let sum = 0; sum < inferences && windows.length > 0; sum += taken.at(-1)?.inferences ?? 0) {
    taken.push(...windows.splice(0, 1))
  }
  return taken
}

/** @returns one window with all of them; without joules where one has none */
function joined(windows: readonly Window[]): Window {
  const sum = (of: (window: Window) => number) => windows.reduce((total, window) => total + of(window), 0)
  const whole = {
    startedAt: windows[0]?.startedAt ?? 0,
    seconds: sum(({ seconds }) => seconds),
    inferences: sum(({ inferences }) => inferences),
  }
  if (windows.some(({ joules }) => joules === undefined)) return whole
  return {
    ...whole,
    joules: sum(({ joules = 0 }) => joules),
    low: sum(({ low = 0 }) => low),
    high: sum(({ high = 0 }) => high),
  }
}
