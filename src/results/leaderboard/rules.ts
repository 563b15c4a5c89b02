/** The rules of a leaderboard in words, for the readers of its pages, beside the figures that the code goes by. */
import { EDITION_2026, GRADED_CLASSES, LEAST_MEASURED_SHARE } from '../grade/edition-2026.js'
import type { Edition } from './leaderboard.js'

/** Shorter windows are a protocol of their own, s. A little below 5, since a window ends with a whole batch. */
export const SHORTEST_WINDOW = 4.9
/** An entry whose measured interval reaches further from the figure is not ranked: it would tie with nearly all. */
export const WIDEST_INTERVAL = 0.2

/** What the maker of a leaderboard may say of it. */
export interface EditionOptions {
  readonly title?: string | undefined
  /** `YYYY-MM-DD`. */
  readonly date?: string | undefined
}

/** @returns the edition with its rules, lines and limits */
export function editionOf({ title, date }: EditionOptions = {}): Edition {
  return {
    name: EDITION_2026.name,
    ...(title === undefined ? {} : { title }),
    ...(date === undefined ? {} : { date }),
    rules: RULES.map((rule) => ({ ...rule })),
    lines: EDITION_2026.lines.map((line) => ({ ...line })),
    limits: EDITION_2026.limits.map((limit) => ({ ...limit })),
  }
}

const RULES: Edition['rules'] = [
  {
    about: 'hardware',
    rule: 'Entries are ranked only among runs on the same processor with as many cores and threads, or on the same graphics boards.',
  },
  {
    about: 'protocol',
    rule:
      'Entries are ranked only among runs with the same batch size, engine with its version and settings, provider, threads, kind of ' +
      'energy figure, parts of ' +
      `the machine that are counted, input and its size, images and length of window (at least ${SHORTEST_WINDOW} s or shorter).`,
  },
  {
    about: 'energy',
    rule: 'Gross joules of one image: all that the counted parts used while the model ran, idle power included.',
  },
  {
    about: 'runs',
    rule:
      'Runs of the same model file are put together by random effects (DerSimonian and Laird) with the t of Student and the ' +
      'degrees of freedom of Satterthwaite; the interval is never narrower than that of the most precise run.',
  },
  {
    about: 'rank',
    rule:
      '1 plus the number of entries whose whole 95% interval lies below. Entries whose intervals overlap are tied. Where energy ' +
      `is not modelled, an interval that reaches further than ${WIDEST_INTERVAL * 100}% from the figure gets no rank.`,
  },
  {
    about: 'pareto',
    rule:
      'On the front: no other entry uses no more energy, is no less accurate, and is better in one of the two. Tied with it: ' +
      'behind, but nobody is better by more than the 95% intervals of both energy and accuracy.',
  },
  {
    about: 'grade',
    rule:
      'Joules of one image by those of the reference line at the top-1 accuracy reached; a letter is half a power of ten. Only ' +
      `measured energy (at least ${LEAST_MEASURED_SHARE * 100}%) and accuracy on all ${GRADED_CLASSES} classes of ImageNet-1k are graded. ` +
      'Two letters: the 95% interval crosses the boundary.',
  },
]
