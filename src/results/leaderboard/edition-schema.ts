/** The rules of an edition, and the letters that they give. */
import { type Static, Type } from 'typebox'
import { amount, optional, strict, text } from '../../core/record-parts.js'

const share = Type.Number({ minimum: 0, maximum: 1 })

/** One letter of the scale, from the greenest. */
export const LetterSchema = Type.Union([
  Type.Literal('A'),
  Type.Literal('B'),
  Type.Literal('C'),
  Type.Literal('D'),
  Type.Literal('E'),
  Type.Literal('F'),
  Type.Literal('G'),
])

/** The A to G grade by the absolute rule of an edition, or why there is none. */
export const GradeSchema = Type.Union([
  Type.Object(
    {
      edition: text,
      /** Reference line that was used. */
      line: text,
      /** Of the figure itself. */
      letter: LetterSchema,
      /** Letters at the ends of the 95% interval; both are `letter` where it crosses no boundary. */
      best: LetterSchema,
      worst: LetterSchema,
      /** Joules by the joules of the line at the same accuracy, with the 95% interval. */
      index: Type.Object({ value: amount, low: amount, high: amount }, strict),
    },
    strict,
  ),
  Type.Object({ edition: text, notGraded: text }, strict),
])

/** Reference line of a grade: `joules x (odds of top-1 / odds of atTop1) ^ exponent`. */
export const ReferenceLineSchema = Type.Object(
  {
    /** Kind of hardware that it holds for. */
    name: text,
    joules: Type.Number({ exclusiveMinimum: 0 }),
    atTop1: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    exponent: Type.Number({ exclusiveMinimum: 0 }),
    /** Top-1 accuracies between which it holds. */
    fromTop1: share,
    toTop1: share,
    source: text,
  },
  strict,
)

/** The rules that a leaderboard was made by. */
export const EditionSchema = Type.Object(
  {
    name: text,
    title: optional(text),
    /** Day that the maker named. */
    date: optional(Type.String({ format: 'date' })),
    /** In words, for readers of the pages. */
    rules: Type.Array(Type.Object({ about: text, rule: text }, strict)),
    lines: Type.Array(ReferenceLineSchema),
    /** Highest index of each letter, ascending; the last letter has none. */
    limits: Type.Array(Type.Object({ letter: LetterSchema, index: Type.Number({ exclusiveMinimum: 0 }) }, strict)),
  },
  strict,
)

export type Letter = Static<typeof LetterSchema>
export type Grade = Static<typeof GradeSchema>
export type ReferenceLine = Static<typeof ReferenceLineSchema>
export type Edition = Static<typeof EditionSchema>
