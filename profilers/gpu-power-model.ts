/**
 * Watts of a graphics board from its name and load, where no sensor tells them: its power limit by the maker's data sheet
 * on a straight line from idle to full load. The shares are those of Cloud Carbon Footprint's rows for V100 and A100.
 *
 * @see https://www.cloudcarbonfootprint.org/docs/methodology/#graphic-processing-units-gpus
 */
import { closestNames } from '../src/core/closest-names.js'
import { UsageError } from '../src/core/errors.js'

/** A line from idle to full load for one board, and how wrong it may be. */
export interface GpuPowerModel {
  /** For people: constants and where they come from. */
  readonly name: string
  readonly idleWatts: number
  readonly fullWatts: number
  /** Factors on any figure of the model. */
  readonly low: number
  readonly high: number
}

/** Power limit by the data sheet, W; the variants of one name are those with the most common limit. */
const LIMITS: Readonly<Record<string, number>> = {
  K80: 300,
  M60: 300,
  P4: 75,
  P100: 250,
  'P100 SXM2': 300,
  V100: 300,
  'V100 PCIe': 250,
  T4: 70,
  A2: 60,
  A10: 150,
  A10G: 300,
  A16: 250,
  A30: 165,
  A40: 300,
  A100: 400,
  'A100 PCIe': 300,
  'A100 PCIe 40GB': 250,
  'A100 80GB PCIe': 300,
  A6000: 300,
  L4: 72,
  L40: 300,
  L40S: 350,
  H100: 700,
  'H100 PCIe': 350,
  'H100 NVL': 400,
  H200: 700,
  'H200 NVL': 600,
  B200: 1000,
  'GTX 1080 Ti': 250,
  'RTX 2080 Ti': 250,
  'RTX 3060': 170,
  'RTX 3060 Ti': 200,
  'RTX 3070': 220,
  'RTX 3070 Ti': 290,
  'RTX 3080': 320,
  'RTX 3080 Ti': 350,
  'RTX 3090': 350,
  'RTX 3090 Ti': 450,
  'RTX 4060': 115,
  'RTX 4060 Ti': 160,
  'RTX 4070': 200,
  'RTX 4070 SUPER': 220,
  'RTX 4070 Ti': 285,
  'RTX 4080': 320,
  'RTX 4080 SUPER': 320,
  'RTX 4090': 450,
  'RTX 5080': 360,
  'RTX 5090': 575,
  MI100: 300,
  MI210: 300,
  MI250X: 560,
  MI300X: 750,
  MI325X: 1000,
}
const IDLE_SHARE = 0.115
const FULL_SHARE = 1.02
/** Boards of one model differ, and a load of 100% may mean anything from one busy unit to all of them. */
const ERROR = { low: 0.6, high: 1.2 } as const

/**
 * @param board - e.g. `A100`, `NVIDIA GeForce RTX 4090`, `Tesla V100-SXM2-16GB`
 * @param limit - W, where the user knows the power limit
 * @throws {UsageError} `E_GPU_MODEL` with near names; `E_GPU_TDP` when `limit` is not between 0 and 5000
 */
export function gpuPowerModel(board: string, limit?: number): GpuPowerModel {
  if (limit !== undefined && !(limit > 0 && limit <= 5000)) {
    throw new UsageError('E_GPU_TDP', `the power limit of the GPU is ${limit} W, expected more than 0 and at most 5000`)
  }
  const watts = limit ?? limitOf(board)
  if (watts === undefined) throw unknownBoard(board)
  const origin = limit === undefined ? `data sheet of ${board.trim().slice(0, 60)}` : 'given'
  return {
    name: `limit ${watts} W (${origin}) x (${IDLE_SHARE} + ${FULL_SHARE - IDLE_SHARE} x load)`,
    idleWatts: watts * IDLE_SHARE,
    fullWatts: watts * FULL_SHARE,
    ...ERROR,
  }
}

/** Boards of laptops bear the names of larger ones, and every maker sets their limit himself. */
const LAPTOP = /\b(laptop|mobile|max q)\b/

/** The longest name that stands in the text as words of its own: `A100-SXM4-80GB` is `A100`, and no `A10`. */
function limitOf(board: string): number | undefined {
  const words = wordsOf(board)
  if (LAPTOP.test(words)) return undefined
  const [best] = Object.keys(LIMITS)
    .filter((name) => ` ${words} `.includes(` ${wordsOf(name)} `))
    .sort((one, other) => other.length - one.length)
  return best === undefined ? undefined : LIMITS[best]
}

const wordsOf = (text: string): string =>
  text
    .slice(0, 100)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join(' ')

function unknownBoard(board: string): UsageError {
  const near = closestNames(board, Object.keys(LIMITS))
  return new UsageError('E_GPU_MODEL', `no power limit is known for the GPU "${board.slice(0, 60)}"`, {
    hint: `${near.length > 0 ? `did you mean ${near.join(' or ')}? Otherwise ` : ''}give its limit in watts with --gpu-tdp`,
  })
}
