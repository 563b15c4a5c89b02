/** How many rounds of a comparison count, in words. */
import type { ComparisonRecord } from '../core/record.js'
import { counted } from './count-text.js'

const TURNS_PER_ROUND = 2

/**
 * A round that was broken off is in no ratio.
 *
 * @returns e.g. `4 rounds`, `3 whole rounds of 4`
 */
export function roundsText({ order, competitors }: ComparisonRecord): string {
  const pairs = competitors.flatMap(({ timeRatio, energyRatio }) => [timeRatio?.pairs ?? 0, energyRatio?.pairs ?? 0])
  const most = Math.max(0, ...pairs)
  const inTurn = order.filter((turns) =>
    competitors.every(({ name }) => turns.filter((turn) => turn === name).length === TURNS_PER_ROUND),
  )
  // Without a ratio the turns tell.
  const whole = most > 0 ? most : inTurn.length
  return whole >= order.length ? counted(order.length, 'round') : `${counted(whole, 'whole round')} of ${order.length}`
}
