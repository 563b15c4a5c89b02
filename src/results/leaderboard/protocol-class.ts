/** What runs must have in common beside the hardware, so that their figures may be compared. */
import { engineProtocol } from './engine-protocol.js'
import { byText } from './identifier.js'
import type { Protocol } from './leaderboard.js'
import type { RankableRun } from './rankable.js'
import { SHORTEST_WINDOW } from './rules.js'

/** More inputs are not told apart. */
const MOST_INPUTS = 8

/** @returns `undefined` for a run without energy */
export function protocolOf(run: RankableRun): Protocol | undefined {
  const { energy, images } = run
  if (energy === undefined) return undefined
  const counted = energy.domains.filter(({ isCounted }) => isCounted)
  return {
    batchSize: run.batchSize,
    ...engineProtocol(run.engine),
    energy: energy.kind,
    parts: [...new Set(counted.map(({ part, name }) => part ?? name))].sort(byText),
    input: run.input.kind,
    inputSize: inputSize(run),
    ...(images === undefined ? {} : { images: { count: images.count, classes: images.classes } }),
    windows: energy.window.seconds >= SHORTEST_WINDOW ? 'standard' : 'short',
  }
}

/**
 * @returns e.g. `224x224`: images are made as large as their description says, also where the model leaves that free; else the
 * sizes of the inputs without their first
 */
export function inputSize({ input, model }: Pick<RankableRun, 'input' | 'model'>): string {
  const made = input.kind === 'images' ? /(\d{1,6}) ?x ?(\d{1,6})/.exec(input.description) : null
  if (made !== null) return `${made[1]}x${made[2]}`
  const shapes = model.inputs.slice(0, MOST_INPUTS).map(({ shape }) => sizesOf(shape))
  return shapes.join(' + ')
}

const sizesOf = (shape: readonly (number | string)[] | undefined): string =>
  shape === undefined || shape.length < 2
    ? '?'
    : shape
        .slice(1)
        .map((size) => (typeof size === 'number' ? String(size) : '?'))
        .join('x')
