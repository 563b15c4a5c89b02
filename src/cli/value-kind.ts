/** What the value of an option may look like: how it is read, and what to say when it does not fit. */
import { closestNames } from '../core/closest-names.js'
import { scaledDecimal } from '../core/scaled-decimal.js'

/** Reads the texts that were given for one option. */
export interface ValueKind<T> {
  /** Completes "expected ...". */
  readonly expected: string
  /** A value that is right. */
  readonly example: string
  /** `flag`: takes no value on the command line; `many`: may be given several times. */
  readonly arity: 'flag' | 'one' | 'many'
  /** A path: relative ones start at the folder of the file that the option was found in. */
  readonly isPath?: boolean
  /** @returns `undefined` when the text does not fit */
  read(text: string): T | undefined
  /** What a text that does not fit may have stood for. */
  suggest?(text: string): string | undefined
}

const one = <T>(expected: string, example: string, read: (text: string) => T | undefined): ValueKind<T> => ({
  arity: 'one',
  expected,
  example,
  read,
})

/** As `one`, of numbers: some write a comma where the point belongs. */
const numeric = (expected: string, example: string, read: (text: string) => number | undefined): ValueKind<number> => ({
  ...one(expected, example, read),
  suggest: (text) => {
    const withPoint = text.trim().replace(/^(-?\d+),(\d)/, '$1.$2')
    return withPoint !== text.trim() && read(withPoint) !== undefined ? withPoint : undefined
  },
})

/** An option that is on or off; in the environment and in config files also as `yes`, `no`, `1`, `0`. */
export const flag: ValueKind<boolean> = {
  arity: 'flag',
  expected: 'true or false',
  example: 'true',
  read: (text) => FLAG_WORDS.get(text.toLowerCase()),
}

const FLAG_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
])

/** Any text but the empty one. */
export const words = (what: string, example: string): ValueKind<string> =>
  one(what, example, (text) => (text.trim() === '' ? undefined : text.trim()))

/** A file or folder. */
export const path = (what: string, example: string): ValueKind<string> => ({
  ...one(what, example, (text) => (text === '' || text.includes('\0') ? undefined : text)),
  isPath: true,
})

/** One of a few words. */
export const choice = <const Word extends string>(choices: readonly Word[]): ValueKind<Word> => ({
  ...one(listed(choices), choices[0] ?? '', (text) =>
    choices.find((word) => word.toLowerCase() === text.trim().toLowerCase()),
  ),
  suggest: (text) => closestNames(text.trim(), choices)[0],
})

const listed = (choices: readonly string[]): string => `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`

/** A whole number of at least `low`. */
export const wholeNumber = (low: number, example: string, high = Number.MAX_SAFE_INTEGER): ValueKind<number> =>
  one(
    high === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${low}` : `a whole number from ${low} to ${high}`,
    example,
    (text) => readWholeNumber(text, low, high),
  )

/** A number with decimals between two bounds, which belong to it. */
export const decimal = (what: string, example: string, low: number, high: number): ValueKind<number> =>
  numeric(`${what} from ${low} to ${high}`, example, (text) => within(readDecimal(text.trim()), low, high))

/** A day of the calendar, `YYYY-MM-DD`. */
export const calendarDay: ValueKind<string> = one('a day as YYYY-MM-DD', '2026-11-21', (text) => {
  const day = text.trim()
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  // The 30th of February is read as the 2nd of March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : day
})

/** Degrees from the equator or from Greenwich; south and west are negative. */
export const degrees = (example: string, limit: number): ValueKind<number> =>
  numeric(`degrees from -${limit} to ${limit}`, example, (text) => {
    const [, sign = '', amount = ''] = /^\s*(-?)(.*?)\s*$/.exec(text) ?? []
    const size = within(readDecimal(amount), 0, limit)
    return size === undefined || sign === '' ? size : -size
  })

/** A time, kept in seconds: `30`, `30s`, `500ms`, `2m`, `1h`. */
export const duration = (example: string, low = 0): ValueKind<number> =>
  numeric(`a time of at least ${low} s (s, ms, m or h)`, example, (text) => {
    const parts = /^(.*?)\s*(ms|s|m|min|h)?$/.exec(text.trim())
    const amount = readDecimal(parts?.[1] ?? '')
    const unit = UNIT_SECONDS.get(parts?.[2] ?? 's')
    return amount === undefined || unit === undefined ? undefined : within(amount * unit, low, LONGEST_SECONDS)
  })

/** Timers of Node end at 2^31 ms. */
const LONGEST_SECONDS = 2_000_000

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['ms', 1e-3],
  ['s', 1],
  ['m', 60],
  ['min', 60],
  ['h', 3600],
])

/** A share, kept as a fraction: `0.02` or `2%`. Above 1 it has to say `%`: 5 is rarely 500%. */
export function share(example: string, low: number, high: number): ValueKind<number> {
  const ofText = (text: string): number | undefined => {
    const [, amount = '', percent] = /^\s*(.*?)\s*(%?)\s*$/.exec(text) ?? []
    const value = scaledDecimal(amount, percent === '%' ? -2 : 0)
    // Where more than all is possible, 1 may well stand for 1%.
    const isClear = percent === '%' || value < 1 || (value === 1 && high <= 1)
    return isClear ? within(value, low, high) : undefined
  }
  const kind = numeric(`a share from ${low * 100}% to ${high * 100}%`, example, ofText)
  return {
    ...kind,
    suggest: (text) => (ofText(`${text}%`) === undefined ? kind.suggest?.(text) : `${text.trim()}%`),
  }
}

/** Where idle power comes from: a baseline, or watts. */
export const idlePowerSource: ValueKind<'mean' | 'before' | 'after' | 'none' | number> = one(
  'mean, before, after, none or watts from 0 to 100000',
  'before',
  (text) =>
    BASELINES.find((word) => word === text.trim().toLowerCase()) ?? within(readDecimal(text.trim()), 0, 100_000),
)

const BASELINES = ['mean', 'before', 'after', 'none'] as const

/** Whole numbers between commas, each once, in the order given. */
export const wholeNumbers = (low: number, high: number, example: string): ValueKind<readonly number[]> =>
  one(`whole numbers from ${low} to ${high} between commas`, example, (text) => {
    const numbers = text.split(',').map((part) => readWholeNumber(part, low, high))
    const given = numbers.filter((number) => number !== undefined)
    return given.length === numbers.length ? [...new Set(given)] : undefined
  })

/** Words between commas, in the order given. */
export const wordList = (what: string, example: string): ValueKind<readonly string[]> =>
  one(what, example, (text) => {
    const parts = text.split(',').map((part) => part.trim())
    return parts.includes('') ? undefined : parts
  })

/** Sizes of one input; `name` is empty where the model has one input only. */
export interface InputSizes {
  readonly name: string
  readonly sizes: readonly number[]
}

/** `name=1x3x224x224`, or `1x3x224x224` for a model with one input. */
export const inputSizes: ValueKind<InputSizes> = {
  ...one('name=sizes with whole numbers between x', 'data=1x3x224x224', (text) => {
    // Names of tensors may hold `=` themselves; sizes never do.
    const cut = text.lastIndexOf('=')
    const sizes = text
      .slice(cut + 1)
      .split('x')
      .map((part) => readWholeNumber(part, 1, 2 ** 31))
    const given = sizes.filter((size) => size !== undefined)
    return given.length === sizes.length ? { name: text.slice(0, Math.max(cut, 0)), sizes: given } : undefined
  }),
}

/** The same kind, to be given as often as wanted. */
export const repeated = <T>(kind: ValueKind<T>): ValueKind<T> & { readonly arity: 'many' } => ({
  ...kind,
  arity: 'many',
})

function readWholeNumber(text: string, low: number, high: number): number | undefined {
  return /^\s*\d{1,16}\s*$/.test(text) ? within(Number(text), low, high) : undefined
}

function readDecimal(text: string): number | undefined {
  const value = scaledDecimal(text, 0)
  return Number.isNaN(value) ? undefined : value
}

const within = (value: number | undefined, low: number, high: number): number | undefined =>
  value !== undefined && value >= low && value <= high ? value : undefined
