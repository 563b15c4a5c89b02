/**
 * The schema of the leaderboard as a checking function that finds all faults.
 *
 * The build puts code that ajv wrote from the same schema in this module's place (`scripts/precompile-validators.mjs`),
 * so that no command has to load typebox and compile it.
 */
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { LeaderboardSchema } from './leaderboard.js'

const ajv = new Ajv({ allErrors: true })
addFormats.default(ajv)

/** True for a leaderboard; otherwise `errors` says what is wrong. */
export const leaderboard: ValidateFunction = ajv.compile(LeaderboardSchema)
