/** Which competitor needs less than which, what ties, and by which test, for a page and for a document. */
import type { ComparisonRecord } from '../../core/record.js'
import { figureVerdicts, testLines } from '../comparison-verdict.js'
import { type Block, heading, list, paragraph } from '../document/document.js'
import { foreign, type Html, html } from '../pages/html.js'
import { longText } from '../pages/long-text.js'

/** A list below its heading. */
interface Part {
  readonly title: string
  readonly lines: readonly string[]
}

/** @returns nothing where nothing was compared */
export const verdictBlocks = (comparison: ComparisonRecord): readonly Block[] =>
  partsOf(comparison)
    .flatMap(({ title, lines }) => [heading(3, title), ...list(lines.map((line) => [line]))])
    .concat(methodOf(comparison).map((line) => paragraph(line)))

/** As `verdictBlocks`, on a page. */
export const verdictParts = (comparison: ComparisonRecord): Html =>
  html`${partsOf(comparison).map(
    ({ title, lines }) => html`<h3>${foreign(title)}</h3>
<ul>
${lines.map((line) => html`<li>${longText(line)}</li>\n`)}</ul>
`,
  )}${methodOf(comparison).map((line) => html`<p>${foreign(line)}</p>\n`)}`

function partsOf(comparison: ComparisonRecord): readonly Part[] {
  const failed = comparison.failed.map(({ name, reason }) => `${name}: ${reason}`)
  return [
    ...figureVerdicts(comparison).map(({ title, lines }) => ({ title: `Which needs less: ${title}`, lines })),
    ...(failed.length === 0 ? [] : [{ title: 'Left out', lines: failed }]),
  ]
}

const methodOf = (comparison: ComparisonRecord): readonly string[] =>
  figureVerdicts(comparison).length === 0 ? [] : testLines(comparison)
