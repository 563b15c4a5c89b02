/** A document before it is Markdown, LaTeX or plain text: what it says, not how it looks. Its texts may come from files. */

/** A source of a figure, for the list at the end. */
export interface Source {
  /** Of letters and digits, unique in the document; BibTeX's key. */
  readonly key: string
  /** In words, with its year. */
  readonly text: string
  /** Of this project's own words, never of a file's. */
  readonly url?: string
  /** Type and fields of its BibTeX entry. */
  readonly entry: { readonly type: 'misc' | 'techreport' } & Readonly<Record<string, string>>
}

/** A piece of a sentence. */
export type Inline = string | { readonly code: string } | { readonly strong: string } | { readonly cite: string }

/** A table; its cells are in one line each. */
export interface DocumentTable {
  readonly kind: 'table'
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly align: readonly ('left' | 'right')[]
  /** Index of the column whose words wrap. */
  readonly wrapped?: number
}

/** One thing after the other. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Inline[])[] }
  | DocumentTable

/** All of it. */
export interface DocumentText {
  readonly blocks: readonly Block[]
  /** Those that are cited, in the order in which they are numbered. */
  readonly sources: readonly Source[]
}

export const heading = (level: 1 | 2 | 3, text: string): Block => ({ kind: 'heading', level, text })
export const paragraph = (...content: readonly Inline[]): Block => ({ kind: 'paragraph', content })
export const list = (items: readonly (readonly Inline[])[]): readonly Block[] =>
  items.length === 0 ? [] : [{ kind: 'list', items }]

/** Left out without rows. */
export const table = (parts: Omit<DocumentTable, 'kind'>): readonly Block[] =>
  parts.rows.length === 0 ? [] : [{ kind: 'table', ...parts }]
