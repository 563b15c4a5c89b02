/** The grammar of `greenbench leaderboard`: which commands there are, their arguments and their help. */
import type { Command } from 'commander'
import type { OptionList } from './option-definition.js'
import {
  APPENDIX_OPTIONS,
  LEADERBOARD_DIFF_OPTIONS,
  LEADERBOARD_READ_OPTIONS,
  LEADERBOARD_WRITE_OPTIONS,
  SITE_OPTIONS,
} from './options/leaderboard-options.js'
import type { GivenValues } from './program.js'

/** What is asked of `greenbench leaderboard`. */
export interface LeaderboardRequest {
  readonly command: 'leaderboard'
  readonly action: LeaderboardAction
  /** The arguments in their order. */
  readonly paths: readonly string[]
  readonly given: GivenValues
}

export type LeaderboardAction = 'build' | 'add' | 'merge' | 'validate' | 'diff' | 'schema' | 'site' | 'appendix'

interface Action {
  readonly name: LeaderboardAction
  readonly arguments: readonly (readonly [name: string, description: string])[]
  readonly description: string
  readonly options: OptionList
}

const LEADERBOARD = ['<leaderboard.json>', 'a leaderboard'] as const
const RESULTS = ['<results...>', 'files that --json wrote, and folders that are looked through for them'] as const

const ACTIONS: readonly Action[] = [
  {
    name: 'build',
    arguments: [RESULTS],
    description: 'rank recorded runs, by hardware and protocol',
    options: LEADERBOARD_WRITE_OPTIONS,
  },
  {
    name: 'add',
    arguments: [LEADERBOARD, RESULTS],
    description: 'add recorded runs to a leaderboard (in its place, unless -o names another)',
    options: LEADERBOARD_WRITE_OPTIONS,
  },
  {
    name: 'merge',
    arguments: [['<leaderboard.json...>', 'leaderboards']],
    description: 'make one leaderboard of several',
    options: LEADERBOARD_WRITE_OPTIONS,
  },
  {
    name: 'validate',
    arguments: [LEADERBOARD],
    description: 'check a leaderboard against the schema and against its own runs',
    options: LEADERBOARD_READ_OPTIONS,
  },
  {
    name: 'diff',
    arguments: [
      ['<before.json>', 'a leaderboard'],
      ['<after.json>', 'a later one'],
    ],
    description: 'tell what changed: ranks, figures, entries that are new or gone',
    options: LEADERBOARD_DIFF_OPTIONS,
  },
  {
    name: 'schema',
    arguments: [],
    description: 'print the JSON Schema of a leaderboard',
    options: LEADERBOARD_READ_OPTIONS,
  },
  {
    name: 'site',
    arguments: [LEADERBOARD],
    description: 'write its pages, which need no server and no network',
    options: SITE_OPTIONS,
  },
  {
    name: 'appendix',
    arguments: [['<spec>', 'groups of runs, in JSON or YAML'], RESULTS],
    description: 'write pages of runs in groups of your own, with mean, standard error and sum',
    options: APPENDIX_OPTIONS,
  },
]

const EXAMPLES = `
Examples:
  greenbench leaderboard build results/ -o leaderboard.json --title "Image classifiers"
  greenbench leaderboard add leaderboard.json new-run.json
  greenbench leaderboard merge ours.json theirs.json -o all.json
  greenbench leaderboard validate leaderboard.json
  greenbench leaderboard diff last-week.json leaderboard.json --markdown changes.md
  greenbench leaderboard site leaderboard.json -o site
  greenbench leaderboard appendix groups.yaml results/ -o appendix

The same runs give the same file to the byte, in whatever order they come.
`

/**
 * @param withOptions - adds a list of options to a command
 * @param onRequest - told what was asked for, with the command and its options
 * @returns all commands that were added
 */
export function addLeaderboardCommands(
  program: Command,
  withOptions: (command: Command, options: OptionList) => Command,
  onRequest: (request: Omit<LeaderboardRequest, 'given'>, command: Command, options: OptionList) => void,
): readonly Command[] {
  const leaderboard = program
    .command('leaderboard')
    .description('rank recorded runs, and keep, check and compare rankings')
    .addHelpText('after', EXAMPLES)
  const commands = ACTIONS.map(({ name, arguments: args, description, options }) => {
    const command = withOptions(leaderboard.command(name), options).description(description)
    for (const [argument, meaning] of args) command.argument(argument, meaning)
    return command.action(() =>
      onRequest({ command: 'leaderboard', action: name, paths: command.args }, command, options),
    )
  })
  return [leaderboard, ...commands]
}
