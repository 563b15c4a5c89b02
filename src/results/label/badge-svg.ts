/** A badge for a README: energy per inference, what it rests on and, where there is one, the grade. */
import { gradeText } from '../grade/grade.js'
import { LETTER_COLOURS, NO_GRADE } from './label-colours.js'
import type { LabelFacts } from './label-facts.js'
import { escapeXml, outlinedText, widthOf } from './outlined-text.js'

const HEIGHT = 22
const SIZE = 11.5
const PADDING = 8
const LEFT_COLOUR = '#37434b'

/** The same facts give the same bytes. */
export function badgeSvg({ model, grade, rows, hardware, date }: LabelFacts): string {
  const letters = gradeText(grade)
  const { figure, source } = rows[0] ?? {}
  const energy = figure ?? 'not known'
  // Without a figure the source is a reason, and longer than a badge.
  const kind = figure === undefined || source === undefined ? [] : [source]
  const [left, right] = [
    'energy',
    [letters?.replace('-', '–'), energy, ...kind].filter((part) => part !== undefined).join(' · '),
  ]
  const [leftWidth, rightWidth] = [left, right].map((text) => Math.ceil(widthOf(text, SIZE)) + 2 * PADDING) as [
    number,
    number,
  ]
  const width = leftWidth + rightWidth
  const colour = 'letter' in grade ? LETTER_COLOURS[grade.letter] : NO_GRADE
  const title = `${model}: ${[`${energy} per inference`, ...kind].join(', ')}, ${letters === undefined ? 'not graded' : `grade ${letters} of edition ${grade.edition}`}, ${hardware}, ${date}`
  const words = (text: string, x: number) => outlinedText({ text, x, y: 15.2, size: SIZE, tone: 'on' })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>.on{fill:#ffffff}</style>
<path fill="${LEFT_COLOUR}" d="M4 0h${leftWidth - 4}v${HEIGHT}h-${leftWidth - 4}a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z"/>
<path fill="${colour}" d="M${leftWidth} 0h${rightWidth - 4}a4 4 0 0 1 4 4v${HEIGHT - 8}a4 4 0 0 1-4 4h-${rightWidth - 4}z"/>
${words(left, PADDING)}${words(right, leftWidth + PADDING)}
</svg>
`
}
