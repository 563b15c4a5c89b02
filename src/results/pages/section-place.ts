/** Where a part of a page stands, and whether it is unfolded. */

export interface SectionPlace {
  /** Unique on the page: letters, digits and dashes. */
  readonly anchor: string
  /** Nothing is left to be opened by hand, since paper cannot be. */
  readonly isUnfolded: boolean
  /** Behind its heading, where others of the page have the same. */
  readonly apart?: string | undefined
}
