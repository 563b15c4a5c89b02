/** What is in no sum and in no file, so that nothing goes away in silence. */

/** A record or a file, and why it is left out. */
export interface LeftOut {
  readonly what: string
  readonly reason: string
}
