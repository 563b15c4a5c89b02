/** Colours of labels and badges: white can be read on each letter's, and each can be told from light and from dark cards. */
import type { Letter } from '../leaderboard/leaderboard.js'

/** From calm to heavy; at least 4.5 to 1 against white, and 2.9 to 1 against the dark card. */
export const LETTER_COLOURS: Readonly<Record<Letter, string>> = {
  A: '#00777a',
  B: '#2a7444',
  C: '#5b6f1c',
  D: '#84660f',
  E: '#a05219',
  F: '#b8413c',
  G: '#984a80',
}

/** Where there is no grade. */
export const NO_GRADE = '#5a6672'

/** How a label is coloured; `auto` follows the reader. */
export type LabelTheme = 'light' | 'dark' | 'auto'

const PALETTES = {
  light: { card: '#ffffff', edge: '#c9d2d6', ink: '#14232b', soft: '#4c5c66', rule: '#dde4e7' },
  dark: { card: '#131c21', edge: '#3a4a53', ink: '#eef4f6', soft: '#a9bac3', rule: '#2b3940' },
} as const

/** @returns a style sheet for `card`, `edge`, `ink`, `soft` and `rule` */
export function labelStyle(theme: LabelTheme): string {
  if (theme !== 'auto') return rules(theme)
  return `${rules('light')}@media (prefers-color-scheme:dark){${rules('dark')}}`
}

function rules(theme: 'light' | 'dark'): string {
  const { card, edge, ink, soft, rule } = PALETTES[theme]
  return `.card{fill:${card};stroke:${edge}}.ink{fill:${ink}}.soft{fill:${soft}}.rule{stroke:${rule}}.on{fill:#ffffff}`
}
