/** Measured and modelled figures never look alike: a word in a frame of its own stands beside each. */
import { formatShare } from '../quantity.js'
import { type Html, html } from './html.js'

/** Where a figure comes from. */
export type FigureKind = 'measured' | 'modelled' | 'mixed' | 'unknown'

/** @param measuredShare - of a mixed figure, 0 to 1 */
export function kindMark(kind: FigureKind, measuredShare?: number): Html {
  const share = kind === 'mixed' && measuredShare !== undefined ? `, ${formatShare(measuredShare)} measured` : ''
  return html`<span class="kind kind-${kind}">${kind}${share}</span>`
}
