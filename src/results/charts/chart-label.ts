/** Names of files as they stand in a picture: in one line, and never wider than the room that is left for them. */
import { printable, shortened } from '../printable.js'

/** Units of a picture at 12 px, by the widest letters that browsers draw without a font of the page (DejaVu Sans, Verdana). */
const WIDTHS = [
  [/\u2060/, 0],
  [/[mMW@%\u2026]/, 12],
  [/[A-Zw]/, 9.5],
  [/[ijltfrI.,:;'!|()[\]{} /\\-]/, 5.2],
  [/[\u0020-\u02ff]/, 7.7],
] as const
/**
 * Begins every text that echarts is given. It keeps texts in objects by what they say, so that one that says `__proto__`
 * would change all objects of the program. No name holds this mark, since `printable` writes it as an escape.
 */
const MARK = '\u2060'
/** Scripts whose characters are as wide as they are high. */
const WIDEST = 12.5

/** @returns the room that a text of 12 px takes, at least */
export const drawnWidth = (text: string): number =>
  Array.from(text, (character) => WIDTHS.find(([letters]) => letters.test(character))?.[1] ?? WIDEST).reduce<number>(
    (sum, width) => sum + width,
    0,
  )

/**
 * @param characters - more are cut in the middle
 * @param width - as is what would be wider
 * @returns the name with control and direction characters as `\u....`
 */
export function chartLabel(name: string, characters: number, width = Number.POSITIVE_INFINITY): string {
  const safe = printable(name)
  let length = Math.min(characters, safe.length)
  while (length > 3 && drawnWidth(shortened(safe, length)) > width) length -= 1
  return shortened(safe, length)
}

/** @returns a text for echarts, which is no name of anything that all objects have */
export const forPicture = (text: string): string => (text === '' ? '' : `${MARK}${text}`)

/** @param svg - a drawn picture; its texts are as they were before `forPicture` */
export const withoutMarks = (svg: string): string => svg.replaceAll(MARK, '')
