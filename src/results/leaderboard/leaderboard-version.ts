/** The version of the leaderboard's schema, apart from the schema itself so that readers need not load it. */

/** Raised when a field changes its meaning or goes away; new optional fields do not raise it. */
export const LEADERBOARD_VERSION = 1
