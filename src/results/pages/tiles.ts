/** The few figures that people look for first, each with its kind. */
import { type Html, html } from './html.js'
import { type FigureKind, kindMark } from './kind.js'

/** One figure; a value that is `undefined` is not known. */
export interface Tile {
  readonly name: string
  readonly value: string | undefined
  readonly kind: FigureKind
  /** Of a mixed figure, 0 to 1. */
  readonly measuredShare?: number | undefined
  readonly note?: string | undefined
}

/** @returns a list; a figure that is not known says so */
export const tileList = (tiles: readonly Tile[]): Html => html`<ul class="tiles">${tiles.map(drawTile)}</ul>`

function drawTile({ name, value, kind, measuredShare, note }: Tile): Html {
  const mark = kindMark(value === undefined ? 'unknown' : kind, measuredShare)
  return html`<li class="tile"><div class="tile-name">${name}</div><div class="tile-value">${value ?? 'not known'}</div><div class="tile-note">${mark} ${note}</div></li>
`
}
