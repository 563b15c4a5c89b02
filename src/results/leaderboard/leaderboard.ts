/** The leaderboard file: what is published, and all that its pages need. One schema, and its static type. */
import { type Static, Type } from 'typebox'
import { optional, strict, text } from '../../core/record-parts.js'
import { EditionSchema } from './edition-schema.js'
import { GroupSchema, HardwareClassSchema, ListedModelSchema } from './group-schema.js'
import { LEADERBOARD_VERSION } from './leaderboard-version.js'
import { RunSchema, TrainingRunSchema } from './run-schema.js'

export * from './edition-schema.js'
export * from './group-schema.js'
export * from './run-schema.js'

/** A file, or a record of it, that is not ranked. */
export const LeftOutSchema = Type.Object({ path: text, id: optional(text), code: text, reason: text }, strict)

/** The whole file. */
export const LeaderboardSchema = Type.Object(
  {
    kind: Type.Literal('leaderboard'),
    leaderboardVersion: Type.Literal(LEADERBOARD_VERSION),
    edition: EditionSchema,
    hardware: Type.Array(HardwareClassSchema),
    models: Type.Array(ListedModelSchema),
    groups: Type.Array(GroupSchema),
    runs: Type.Array(RunSchema),
    training: Type.Array(TrainingRunSchema),
    leftOut: Type.Array(LeftOutSchema),
  },
  {
    ...strict,
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:greenbench:leaderboard:1',
    title: 'greenbench leaderboard',
  },
)

export type LeftOut = Static<typeof LeftOutSchema>
/** The parsed file. */
export type Leaderboard = Static<typeof LeaderboardSchema>
