/** Texts of files that may be of any length: long ones are cut, and whole for whoever unfolds them, by keyboard too, or prints. */
import { shortened } from '../printable.js'
import { foreign, type Html, html } from './html.js'

/** Longer ones make rows of a table too high to be compared. */
const MOST_CHARACTERS = 240
/** Left of longer ones. */
const SHOWN_CHARACTERS = 120

/** @returns flow content, which may stand in a cell but not in a paragraph or a link */
export const longText = (text: string): Html =>
  text.length <= MOST_CHARACTERS
    ? foreign(text)
    : html`<details class="long-text"><summary>${foreign(shortened(text, SHOWN_CHARACTERS))}</summary>${foreign(text)}</details>`
