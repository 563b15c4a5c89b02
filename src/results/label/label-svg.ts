/** A label as a picture: the letter, the scale as bars of what is used, the figures, and what they hold for. */
import { createHash } from 'node:crypto'
import { gradeText, LETTERS } from '../grade/grade.js'
import type { Grade, Letter } from '../leaderboard/leaderboard.js'
import { type LabelTheme, LETTER_COLOURS, labelStyle, NO_GRADE } from './label-colours.js'
import type { LabelFacts } from './label-facts.js'
import { drawnWidth, escapeXml, outlinedText, type TextLine, wrapped } from './outlined-text.js'

const SIZE = { width: 400, height: 564 } as const
const EDGE = 28
const ROOM = SIZE.width - 2 * EDGE
const DISC = { x: 96, y: 214, radius: 62 } as const
const BARS = { x: 182, foot: 268, width: 22, step: 28, lowest: 26, rise: 15 } as const
const ROWS = { y: 366, step: 46 } as const
/** Between a figure and its name. */
const GAP = 10

/**
 * The same facts give the same bytes.
 *
 * @param theme - `auto`: dark for readers who want it dark
 */
export function labelSvg(facts: LabelFacts, theme: LabelTheme = 'auto'): string {
  const id = createHash('sha256').update(facts.id).digest('hex').slice(0, 8)
  const parts = [
    headOf(facts),
    discOf(facts.grade),
    barsOf(facts.grade),
    remarkOf(facts.grade),
    rowsOf(facts),
    footOf(facts),
  ]
  const { width, height } = SIZE
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title-${id} about-${id}">
<title id="title-${id}">${escapeXml(titleOf(facts))}</title>
<desc id="about-${id}">${escapeXml(aboutOf(facts))}</desc>
<style>${labelStyle(theme)}</style>
<rect class="card" x="1" y="1" width="${width - 2}" height="${height - 2}" rx="18" stroke-width="2"/>
${parts.join('\n')}
</svg>
`
}

const titleOf = ({ model, grade }: LabelFacts): string => {
  const letters = gradeText(grade)
  return letters === undefined ? `${model}: no energy grade` : `${model}: energy grade ${letters}`
}

/** All that the picture shows, for those who do not see it. */
function aboutOf({ rows, hardware, protocol, batchSize, date, grade, version }: LabelFacts): string {
  const figures = rows.map(
    ({ name, figure, source, sourceFigure = '' }) => `${name}: ${figure ?? 'not known'} (${source}${sourceFigure}).`,
  )
  const reason = 'notGraded' in grade ? [`Not graded: ${grade.notGraded}.`] : []
  return [
    ...reason,
    ...figures,
    `${hardware}. ${protocol}, batch ${batchSize}. Run of ${date}, edition ${grade.edition}, greenbench ${version}.`,
  ].join(' ')
}

const text = (line: TextLine): string => outlinedText({ room: ROOM, ...line })

const line = (y: number): string =>
  `<line class="rule" x1="${EDGE}" x2="${SIZE.width - EDGE}" y1="${y}" y2="${y}" stroke-width="1.5"/>`

function headOf({ model, grade }: LabelFacts): string {
  return [
    text({ text: 'Energy grade', x: EDGE, y: 44, size: 17, tone: 'soft' }),
    text({ text: `edition ${grade.edition}`, x: SIZE.width - EDGE, y: 44, size: 13, anchor: 'end', tone: 'soft' }),
    line(60),
    text({ text: model, x: EDGE, y: 101, size: 27, tone: 'ink' }),
  ].join('')
}

function discOf(grade: Grade): string {
  const { x, y, radius } = DISC
  const letters = gradeText(grade)
  const colour = 'letter' in grade ? LETTER_COLOURS[grade.letter] : NO_GRADE
  const size = letters === undefined ? 24 : letters.length > 1 ? 46 : 84
  const shown = letters === undefined ? 'no grade' : letters.replace('-', '–')
  const room = 2 * radius - 18
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}"/>${outlinedText({ text: shown, x, y: y + size * 0.36, size, anchor: 'middle', tone: 'on', room, isFigure: true })}`
}

/** Each letter allows more than the one before it: its bar is higher. */
function barsOf(grade: Grade): string {
  return LETTERS.map((letter, index) => {
    const [x, height] = [BARS.x + index * BARS.step, BARS.lowest + index * BARS.rise]
    const top = BARS.foot - height
    const isMarked = isWithin(letter, grade)
    const colour = LETTER_COLOURS[letter]
    const bar = `<rect x="${x}" y="${top}" width="${BARS.width}" height="${height}" rx="4" fill="${colour}"${isMarked ? '' : ' opacity="0.3"'}/>`
    const middle = x + BARS.width / 2
    const isLetter = 'letter' in grade && grade.letter === letter
    const mark = isLetter ? `<path class="ink" d="M${middle - 7} ${top - 16}h14l-7 10z"/>` : ''
    const name = outlinedText({
      text: letter,
      x: middle,
      y: BARS.foot + 18,
      size: 14,
      anchor: 'middle',
      tone: isMarked ? 'ink' : 'soft',
    })
    return `${bar}${mark}${name}`
  }).join('')
}

const isWithin = (letter: Letter, grade: Grade): boolean =>
  'letter' in grade && letter >= grade.best && letter <= grade.worst

/** What the letter means, or why there is none. */
function remarkOf(grade: Grade): string {
  const remark =
    'notGraded' in grade
      ? `Not graded: ${grade.notGraded}`
      : `${Number(grade.index.value.toPrecision(2))} times the reference at this accuracy`
  return wrapped(remark, 13, ROOM, 2)
    .map((words, index) => text({ text: words, x: EDGE, y: 313 + index * 17, size: 13, tone: 'soft' }))
    .join('')
}

function rowsOf({ rows }: LabelFacts): string {
  return rows.map((row, index) => rowOf(row, ROWS.y + index * ROWS.step)).join('')
}

/** The figure has the room that is left beside its name and its source. */
function rowOf({ name, figure, source, sourceFigure }: LabelFacts['rows'][number], y: number): string {
  const words = { x: EDGE, tone: 'soft', room: ROOM * 0.55 }
  const left: readonly TextLine[] = [
    { ...words, text: name, y: y - 2, size: 13 },
    { ...words, text: source, ...(sourceFigure === undefined ? {} : { ending: sourceFigure }), y: y + 15, size: 11 },
  ]
  const room = ROOM - GAP - Math.max(...left.map(drawnWidth))
  const value: TextLine = { text: figure ?? 'not known', x: SIZE.width - EDGE, y: y + 6, size: 18, tone: 'ink', room }
  return [line(y - 22), ...left.map(text), text({ ...value, anchor: 'end', isFigure: true })].join('')
}

function footOf({ hardware, protocol, batchSize, date, version, grade }: LabelFacts): string {
  const y = ROWS.y + 3 * ROWS.step
  const lines = [
    { text: hardware },
    { text: protocol, ending: `, batch ${batchSize}` },
    { text: `run of ${date} · edition ${grade.edition}`, ending: ` · greenbench ${version}` },
  ]
  return [
    line(y - 22),
    ...lines.map((words, index) => text({ ...words, x: EDGE, y: y + index * 18, size: 12, tone: 'soft' })),
  ].join('')
}
