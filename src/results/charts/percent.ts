/** Shares in hundredths, for axes. */
import type { Unit } from '../quantity.js'

export const PERCENT: Unit = { symbol: '%', prefixes: new Map([[0, '%']]) }
