/** Figures by the hour of the day, in the machine's own time zone: `{"8:30-19:00": 0.30, "19:00-8:30": 0.22}`. */
import { UsageError } from '../core/errors.js'

/** One figure and the minutes of the day in which it holds; `to` may lie before `from`, past midnight. */
export interface DailyPart {
  /** Minutes since midnight, 0 to 1439. */
  readonly from: number
  readonly to: number
  readonly value: number
}

/** Parts that cover the day without gap and overlap, from midnight on; only the first may begin the day before. */
export interface DailyTable {
  readonly parts: readonly DailyPart[]
}

/** A stretch of time in which one figure holds. */
export interface TimedValue {
  readonly start: Date
  readonly end: Date
  readonly value: number
}

const MINUTES = 24 * 60
const MOST_PARTS = 96
/** Daylight saving time moves the clock at full hours somewhere within a stretch, so none is looked at for longer. */
const LONGEST_STEP_MINUTES = 15

/**
 * @param text - JSON object of figures by `H:MM-H:MM`; `24:00` and `0:00` are the same
 * @param check - whether a figure is acceptable
 * @throws {UsageError} `E_DAILY_TABLE` naming the gap, the overlap or the part that does not fit
 */
export function readDailyTable(text: string, check: (value: number) => boolean): DailyTable {
  const parts = entriesOf(text)
    .map(([span, value]) => readPart(span, value, check))
    .sort((one, other) => one.from - other.from)
  for (const [index, part] of parts.entries()) {
    const next = parts[(index + 1) % parts.length] ?? part
    if (part.to !== next.from) throw notADay(part, next)
  }
  const total = parts.reduce((sum, part) => sum + length(part), 0)
  if (total !== MINUTES) throw refused(`the parts add up to ${total / 60} hours instead of 24`)
  return { parts }
}

/** @returns the figure at a time */
export function valueAt({ parts }: DailyTable, time: Date): number {
  const minute = time.getHours() * 60 + time.getMinutes()
  const part = parts.find(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to))
  return part?.value ?? parts[0]?.value ?? Number.NaN
}

/**
 * @param start, end - `end` not before `start`
 * @returns the stretches between them, in order, together as long as the whole
 */
export function valuesBetween(table: DailyTable, start: Date, end: Date): readonly TimedValue[] {
  const stretches: TimedValue[] = []
  let from = start
  while (from < end) {
    const to = new Date(Math.min(end.getTime(), nextStep(table, from)))
    const value = valueAt(table, from)
    const last = stretches.at(-1)
    if (last?.value === value) stretches[stretches.length - 1] = { ...last, end: to }
    else stretches.push({ start: from, end: to, value })
    from = to
  }
  return stretches
}

/** The mean over a stretch of time, weighted by time; of one instant its figure. */
export function meanBetween(table: DailyTable, start: Date, end: Date): number {
  const seconds = (end.getTime() - start.getTime()) / 1000
  if (!(seconds > 0)) return valueAt(table, start)
  const total = valuesBetween(table, start, end).reduce(
    (sum, one) => sum + one.value * ((one.end.getTime() - one.start.getTime()) / 1000),
    0,
  )
  return total / seconds
}

/** To the next quarter of an hour or the next bound of a part, whichever comes first; bounds lie at full minutes. */
function nextStep({ parts }: DailyTable, from: Date): number {
  const minute = from.getHours() * 60 + from.getMinutes()
  const toBound = parts.map((part) => ((part.to - minute + MINUTES - 1) % MINUTES) + 1)
  const toQuarter = LONGEST_STEP_MINUTES - (minute % LONGEST_STEP_MINUTES)
  const intoMinute = from.getSeconds() * 1000 + from.getMilliseconds()
  return from.getTime() - intoMinute + Math.min(toQuarter, ...toBound) * 60_000
}

function entriesOf(text: string): [string, unknown][] {
  let table: unknown
  try {
    table = JSON.parse(text)
  } catch (cause) {
    throw refused('it is no JSON', cause)
  }
  if (typeof table !== 'object' || table === null || Array.isArray(table)) throw refused('it is no JSON object')
  const entries = Object.entries(table)
  if (entries.length === 0 || entries.length > MOST_PARTS) {
    throw refused(`it has ${entries.length} parts, expected 1 to ${MOST_PARTS}`)
  }
  return entries
}

function readPart(span: string, value: unknown, check: (value: number) => boolean): DailyPart {
  const [from, to, ...more] = span.split('-').map(minuteOf)
  if (from === undefined || to === undefined || more.length > 0) throw refused(`"${span.slice(0, 40)}" is no time span`)
  if (typeof value !== 'number' || !check(value)) throw refused(`the figure of ${span.slice(0, 40)} is out of range`)
  return { from: from % MINUTES, to: to % MINUTES, value }
}

function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text) ?? []
  const minute = Number(hours) * 60 + Number(minutes)
  return Number(minutes) < 60 && minute <= MINUTES ? minute : undefined
}

/** A part that ends where it begins lasts the whole day. */
const length = ({ from, to }: DailyPart): number => ((to - from + MINUTES - 1) % MINUTES) + 1

function notADay(part: DailyPart, next: DailyPart): UsageError {
  const isGap = length(part) < ((next.from - part.from + MINUTES - 1) % MINUTES) + 1
  return refused(
    isGap
      ? `nothing covers ${shown(part.to)} to ${shown(next.from)}`
      : `${shown(part.from)}-${shown(part.to)} and ${shown(next.from)}-${shown(next.to)} overlap`,
  )
}

const shown = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`

const refused = (reason: string, cause?: unknown): UsageError =>
  new UsageError('E_DAILY_TABLE', `the table by hour does not fit: ${reason}`, {
    hint: 'cover all 24 hours once, e.g. {"8:30-19:00": 0.30, "19:00-8:30": 0.22}',
    cause,
  })
