/** Colours of charts as variables of the page, so that one picture serves light, dark and paper. */
import type { FigureKind } from '../pages/kind.js'

/** Told apart with any kind of colour vision; their values stand in the sheet of the pages. */
export const SERIES = {
  blue: 'var(--series-1)',
  orange: 'var(--series-2)',
  green: 'var(--series-3)',
  pink: 'var(--series-4)',
  olive: 'var(--series-5)',
  grey: 'var(--series-6)',
} as const

export const INK = 'var(--ink)'
export const MUTED = 'var(--muted)'
export const LINE = 'var(--line)'
export const PAGE = 'var(--page)'

/** How bars and lines of a kind look: measured ones are filled, others are hollow and dashed, whatever the colours. */
export function looksOf(kind: FigureKind) {
  if (kind === 'measured') return { color: SERIES.green, opacity: 1 }
  const color = kind === 'unknown' ? SERIES.grey : SERIES.orange
  return { color: PAGE, opacity: 1, borderColor: color, borderWidth: 1.5, borderType: 'dashed' as const }
}

/** Of a line of a kind. */
export const lineLooksOf = (kind: FigureKind) =>
  kind === 'measured'
    ? { color: SERIES.green, width: 2, type: 'solid' as const }
    : { color: SERIES.orange, width: 2, type: 'dashed' as const }
