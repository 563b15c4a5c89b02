/** Waits between two measurements until the processor is as cool as before the first, so that their order matters less. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Clock } from './clock.js'

/** What waiting came to. */
export interface CoolDown {
  readonly seconds: Seconds
  readonly warnings: readonly Warning[]
}

/** What waiting needs. */
export interface CoolDownParts {
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly readCelsius: () => Promise<number | undefined>
  readonly signal?: AbortSignal | undefined
  readonly onWait?: (elapsed: number) => void
}

/** No wait. */
export const NOT_COOLED: CoolDown = { seconds: seconds(0), warnings: [] }

/** Degrees Celsius above the start that count as cool. */
const COOL = 2
/** Degrees above the start that are worth a word. */
const WARM = 8
/** Seconds between two looks at the temperature. */
const STEP = 0.5

/**
 * Without a temperature the whole time is waited.
 *
 * @param limit - most seconds
 * @param celsius - of the processor before the first measurement; `undefined` where nothing tells it
 */
export async function coolDown(
  limit: Seconds,
  celsius: number | undefined,
  { clock, readCelsius, signal, onWait }: CoolDownParts,
): Promise<CoolDown> {
  const start = clock.now()
  let above = Number.POSITIVE_INFINITY
  for (let left: number = limit; left > 0 && above > COOL && signal?.aborted !== true; ) {
    onWait?.(limit - left)
    await clock.sleep(seconds(Math.min(STEP, left)), signal)
    if (celsius !== undefined) above = ((await readCelsius()) ?? Number.POSITIVE_INFINITY) - celsius
    left = limit - (clock.now() - start)
  }
  const isWarm = Number.isFinite(above) && above > WARM
  return { seconds: seconds(clock.now() - start), warnings: isWarm ? [stillWarm(above, limit)] : [] }
}

function stillWarm(above: number, limit: Seconds): Warning {
  return {
    code: 'W_NOT_COOL',
    message: `the processor was still ${above.toFixed(0)} degrees warmer than at the start after ${limit} s of waiting`,
    hint: 'wait longer between batch sizes (--cooldown), or measure one at a time',
  }
}
