/** A doubt about a result that is kept in it. */

/** What is doubtful, and what makes it less so. */
export interface Warning {
  /** Stable, `W_...`. */
  readonly code: `W_${string}`
  readonly message: string
  readonly hint: string
}
