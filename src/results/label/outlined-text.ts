/** Lines of text as SVG outlines: they look the same everywhere and fit their room, whatever fonts there are. */
import { printable, shortened } from '../printable.js'
import { GLYPHS } from './glyphs.js'

/** A line of text. */
export interface TextLine {
  readonly text: string
  /** Where it starts, ends or has its middle, by `anchor`. */
  readonly x: number
  /** Of the baseline. */
  readonly y: number
  readonly size: number
  readonly anchor?: 'start' | 'middle' | 'end'
  /** Class of the style sheet that gives the colour. */
  readonly tone: string
  /** A longer text is made smaller, and then cut in the middle. */
  readonly room?: number
  /** Behind the text: it stays whole where the text is cut. */
  readonly ending?: string
  /** A figure is made as small as it must be: cut, it would be another figure. */
  readonly isFigure?: boolean
}

/** A text is not made smaller than this share of its size. */
const SMALLEST = 0.65
/** None fits that is longer. */
const MOST_CHARACTERS = 200
/** Of the size, for characters without an outline: those of East Asia are square. */
const GUESSED_WIDTH = 1

/** @returns SVG elements */
export function outlinedText(line: TextLine): string {
  const { x, y, anchor = 'start', tone } = line
  const { text, size } = fitted(line)
  const start = x - { start: 0, middle: 0.5, end: 1 }[anchor] * widthOf(text, size)
  return isOutlined(text) ? outlines(text, start, y, size, tone) : asText(text, start, y, size, tone)
}

/** Width that a line takes of its room. */
export function drawnWidth(line: TextLine): number {
  const { text, size } = fitted(line)
  return widthOf(text, size)
}

/** Width of a text in the units of `size`. */
export const widthOf = (text: string, size: number): number =>
  ([...text].reduce((sum, character) => sum + (GLYPHS.get(character)?.[0] ?? GUESSED_WIDTH * 1000), 0) * size) / 1000

/**
 * @param room - width of a line
 * @returns at most `most` lines; what does not fit is cut
 */
export function wrapped(text: string, size: number, room: number, most: number): readonly string[] {
  const lines: string[] = []
  for (const word of printable(text).split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
    if (lines.length > 0 && widthOf(longer, size) <= room) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1]} …`]
}

/** Sizes are compared, not widths: a width that is computed back from a size is not quite the room that the size is for. */
function fitted(line: TextLine): { text: string; size: number } {
  const { size, room = Number.POSITIVE_INFINITY, isFigure = false } = line
  const [text, ending] = [line.text, line.ending ?? ''].map((part) => printable(part.normalize('NFC'))) as [
    string,
    string,
  ]
  const largest = (candidate: string) => Math.min(size, room / widthOf(candidate, 1))
  const smallest = size * SMALLEST
  const whole = `${text}${ending}`
  if (isFigure || largest(whole) >= smallest) return { text: whole, size: largest(whole) }
  let length = Math.min(text.length - 1, MOST_CHARACTERS)
  while (length > 1 && largest(`${shortened(text, length)}${ending}`) < smallest) length -= 1
  const kept = `${shortened(text, length)}${ending}`
  return { text: kept, size: Math.min(smallest, largest(kept)) }
}

const isOutlined = (text: string): boolean => [...text].every((character) => GLYPHS.has(character))

function outlines(text: string, x: number, y: number, size: number, tone: string): string {
  const scale = Number((size / 1000).toFixed(6))
  let at = 0
  const paths = [...text].map((character) => {
    const [width, path] = GLYPHS.get(character) ?? [0, '']
    const place = at
    at += width
    return path === '' ? '' : `<path transform="translate(${place})" d="${path}"/>`
  })
  return `<g class="${tone}" transform="translate(${round(x)} ${round(y)}) scale(${scale})">${paths.join('')}</g>`
}

/** A character without an outline needs a font; the text is pressed into the room that was kept for it. */
function asText(text: string, x: number, y: number, size: number, tone: string): string {
  const width = round(widthOf(text, size))
  return `<text class="${tone}" x="${round(x)}" y="${round(y)}" font-family="sans-serif" font-size="${round(size)}" textLength="${width}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`
}

/** Text fit for SVG, also within attributes; what XML does not allow at all is written as an escape before. */
export const escapeXml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const round = (value: number): number => Math.round(value * 1e4) / 1e4
