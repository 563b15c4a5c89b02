/** What the commands of `greenbench leaderboard` can be told. */
import { calendarDay, flag, path, words } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { output } from './option-group.js'
import { file, jsonOutput, quietOutput } from './output-options.js'

/** What is said, and how. */
export const leaderboardOutput = {
  quiet: quietOutput('do not say what was found'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of the commands that write a leaderboard. */
export const LEADERBOARD_WRITE_OPTIONS = {
  output: output(file('leaderboard.json'), 'file', 'write the leaderboard there; - for standard output', {
    short: 'o',
  }),
  title: output(words('a title', 'Image classifiers'), 'text', 'title of the leaderboard'),
  date: output(calendarDay, 'day', 'its date, e.g. 2026-11-21 (default: SOURCE_DATE_EPOCH, else none)'),
  ...leaderboardOutput,
} as const

/** Options of `greenbench leaderboard validate` and `schema`. */
export const LEADERBOARD_READ_OPTIONS = {
  json: jsonOutput('faults.json', 'the answer'),
  ...leaderboardOutput,
} as const

/** Options of `greenbench leaderboard diff`. */
export const LEADERBOARD_DIFF_OPTIONS = {
  ...LEADERBOARD_READ_OPTIONS,
  markdown: output(file('changes.md'), 'file', 'write the changes as Markdown; - for standard output'),
} as const

/** Options of `greenbench leaderboard site`. */
export const SITE_OPTIONS = {
  output: output(
    path('a folder', 'site'),
    'folder',
    'a new or empty folder, or one with an earlier site (default: site)',
    {
      short: 'o',
    },
  ),
  data: output(flag, undefined, undefined, {
    negation: 'leave out the whole records, which tell paths of your machine',
  }),
  quiet: quietOutput('say nothing'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const

/** Options of `greenbench leaderboard appendix`. */
export const APPENDIX_OPTIONS = {
  ...SITE_OPTIONS,
  title: output(words('a title', 'Our experiments'), 'text', 'title of the pages (default: Experiments)'),
} as const
