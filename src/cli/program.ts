/** The grammar of the command line, for commander: which commands and options there are, and their help. */
import { Command, CommanderError, Option } from 'commander'
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import { addCarbonCommands, type CarbonRequest } from './carbon-grammar.js'
import { givenTo, withOptions } from './command-options.js'
import {
  CONVERT_EXAMPLES,
  DETECT_EXAMPLES,
  EXAMPLES,
  INSPECT_EXAMPLES,
  LABEL_EXAMPLES,
  REPLAY_EXAMPLES,
  REPORT_EXAMPLES,
} from './help-examples.js'
import { addKeepingCommands, type KeepingRequest } from './keeping-grammar.js'
import { addLeaderboardCommands, type LeaderboardRequest } from './leaderboard-grammar.js'
import { flagOf, type OptionList } from './option-definition.js'
import { CONVERT_OPTIONS } from './options/convert-options.js'
import { DETECT_OPTIONS } from './options/detect-options.js'
import { INSPECT_OPTIONS } from './options/inspect-options.js'
import { LABEL_OPTIONS } from './options/label-options.js'
import { MEASURE_OPTIONS } from './options/measure-options.js'
import { GENERAL } from './options/option-group.js'
import { REPLAY_OPTIONS } from './options/replay-options.js'
import { REPORT_OPTIONS } from './options/report-options.js'
import { TRAIN_OPTIONS } from './options/train-options.js'
import { TRAIN_DESCRIPTION, TRAIN_EXAMPLES } from './train-grammar.js'

/** What the user asked for. */
export type Request =
  | {
      readonly command: 'measure'
      readonly models: readonly string[]
      /** Command that the first of several models may have stood for, where there is no such file. */
      readonly meant: string | undefined
      readonly given: GivenValues
    }
  | { readonly command: 'inspect'; readonly model: string; readonly given: GivenValues }
  | { readonly command: 'train'; readonly model: string; readonly given: GivenValues }
  | { readonly command: 'convert'; readonly model: string; readonly target: string; readonly given: GivenValues }
  | CarbonRequest
  | LeaderboardRequest
  | { readonly command: 'label'; readonly record: string; readonly given: GivenValues }
  | { readonly command: 'replay'; readonly trace: string; readonly given: GivenValues }
  | { readonly command: 'report'; readonly paths: readonly string[]; readonly given: GivenValues }
  | KeepingRequest
  | { readonly command: 'detect'; readonly given: GivenValues }
  | { readonly command: 'none' }

/** Values of the options on the command line as commander collected them, by name. */
export type GivenValues = Readonly<Record<string, unknown>>

/**
 * @param args - without node and script
 * @param version - shown by `--version`
 * @param show - writes help and version, which are answers and no errors
 * @throws {UsageError} `E_USAGE` for what does not fit the grammar, with what may have been meant
 */
export function parseCommandLine(args: readonly string[], version: string, show: (text: string) => void): Request {
  let request: Request = { command: 'none' }
  const program = withOptions(new Command('greenbench'), MEASURE_OPTIONS)
    .description('Tells what a model file costs: parameters, FLOPs, latency, joules and CO2 per inference.')
    .argument('<models...>', 'model files or folders; several are compared')
    .usage(
      [
        '<models...> (--images <folder> | --synthetic) [options]',
        'greenbench inspect <model> [options]',
        'greenbench train <model> --images <folder> [options]',
        'greenbench convert <model> <out.onnx> [options]',
        'greenbench replay <trace> [options]',
        'greenbench compare <base.json> <new.json...> [options]',
        'greenbench report <result.json...> [options]',
        'greenbench export <result.json...> --to <name> [options]',
        'greenbench statement <results...> [options]',
        'greenbench leaderboard <what> [options]',
        'greenbench label <result.json> -o <label.svg> [options]',
        'greenbench carbon <what> [options]',
        'greenbench detect [options]',
      ].join('\n       '),
    )
    .version(version, '-V, --version', 'show the version')
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES)
    .action((models: string[]) => {
      const names = program.commands.map((command) => command.name())
      const meant = models.length > 1 ? closestNames(models[0] ?? '', names)[0] : undefined
      request = { command: 'measure', models, meant, given: givenTo(program) }
    })
  const inspect = withOptions(program.command('inspect'), INSPECT_OPTIONS)
    .description('count parameters, FLOPs and memory from the file alone, without running it')
    .argument('<model>', 'model file or folder')
    .addHelpText('after', INSPECT_EXAMPLES)
    .action((model: string) => {
      request = { command: 'inspect', model, given: givenToBoth(program, inspect, INSPECT_OPTIONS) }
    })
  const train = withOptions(program.command('train'), TRAIN_OPTIONS)
    .description(TRAIN_DESCRIPTION)
    .argument('<model>', 'model file or folder')
    .addHelpText('after', TRAIN_EXAMPLES)
    .action((model: string) => {
      request = { command: 'train', model, given: givenToBoth(program, train, TRAIN_OPTIONS) }
    })
  const convert = withOptions(program.command('convert'), CONVERT_OPTIONS)
    .description('write the model as one ONNX file, checked in onnxruntime')
    .argument('<model>', 'model file or folder')
    .argument('<out.onnx>', 'the file to write')
    .addHelpText('after', CONVERT_EXAMPLES)
    .action((model: string, target: string) => {
      request = { command: 'convert', model, target, given: givenToBoth(program, convert, CONVERT_OPTIONS) }
    })
  const replay = withOptions(program.command('replay'), REPLAY_OPTIONS)
    .description('make the result of a run again from its trace, with other factors if wanted')
    .argument('<trace>', 'file that --trace wrote')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action((trace: string) => {
      request = { command: 'replay', trace, given: givenToBoth(program, replay, REPLAY_OPTIONS) }
    })
  const report = withOptions(program.command('report'), REPORT_OPTIONS)
    .description('write recorded results as a page or a document to hand on')
    .argument('<result.json...>', 'files that --json wrote, or folders of them')
    .addHelpText('after', REPORT_EXAMPLES)
    .action((paths: string[]) => {
      request = { command: 'report', paths, given: givenToBoth(program, report, REPORT_OPTIONS) }
    })
  const keeping = addKeepingCommands(program, withOptions, (keepingRequest, command, options) => {
    request = { ...keepingRequest, given: givenToBoth(program, command, options) }
  })
  const carbon = addCarbonCommands(program, withOptions, (carbonRequest, command, options) => {
    request = { ...carbonRequest, given: givenToBoth(program, command, options) }
  })
  const leaderboard = addLeaderboardCommands(program, withOptions, (asked, command, options) => {
    request = { ...asked, given: givenToBoth(program, command, options) }
  })
  const label = withOptions(program.command('label'), LABEL_OPTIONS)
    .description('draw the energy grade of a recorded run as a label or a badge')
    .argument('<result.json>', 'file that --json wrote')
    .addHelpText('after', LABEL_EXAMPLES)
    .action((record: string) => {
      request = { command: 'label', record, given: givenToBoth(program, label, LABEL_OPTIONS) }
    })
  const detect = withOptions(program.command('detect'), DETECT_OPTIONS)
    .description('show which engines and profilers can be used here, and what the others need')
    .addHelpText('after', DETECT_EXAMPLES)
    .action(() => {
      request = { command: 'detect', given: givenToBoth(program, detect, DETECT_OPTIONS) }
    })
  program.options.find(({ long }) => long === '--version')?.helpGroup(GENERAL)
  for (const command of [
    program,
    inspect,
    train,
    convert,
    replay,
    report,
    detect,
    ...keeping,
    ...carbon,
    ...leaderboard,
    label,
  ]) {
    command.addHelpOption(new Option('-h, --help', 'show this help').helpGroup(GENERAL))
    quiet(command, show)
  }
  try {
    program.parse(southernPositionLast(args), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageError(error, args)
  }
  return request
}

/** `carbon lookup -33.87,151.2` begins like an option; after `--` it is an argument. */
function southernPositionLast(args: readonly string[]): readonly string[] {
  const place = args[0] === 'carbon' && args[1] === 'lookup' ? args.findIndex((arg) => /^-[\d.]+\s*[,;]/.test(arg)) : -1
  return place < 0 ? args : [...args.toSpliced(place, 1), '--', ...args.slice(place, place + 1)]
}

/** Errors are thrown and shown by the caller, in the same form as all others. */
function quiet(command: Command, show: (text: string) => void): void {
  command.exitOverride().configureOutput({ writeOut: show, writeErr: () => {}, outputError: () => {} })
}

/** Options before the name of a command belong to it too, where it has them. */
function givenToBoth(program: Command, command: Command, options: OptionList): GivenValues {
  const before = givenTo(program)
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(options, name)) {
      throw new UsageError('E_USAGE', `${flagOf(name)} is no option of greenbench ${command.name()}`, {
        hint: SEE_HELP,
      })
    }
  }
  return { ...before, ...givenTo(command) }
}

const SEE_HELP = 'greenbench --help shows the options, with examples'

function usageError(error: CommanderError, args: readonly string[]): UsageError {
  if (error.code === 'commander.help') return noCommand(args)
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const meant = /\(D(id you mean .*)\)/.exec(suggestion ?? '')?.[1]?.replace(/^/, 'd')
  return new UsageError('E_USAGE', message, { hint: meant ?? missingHint(error, args), cause: error })
}

const noCommand = ([group = '']: readonly string[]): UsageError =>
  new UsageError('E_USAGE', `greenbench ${group} needs a command`, {
    hint: `greenbench ${group} --help shows all, with examples`,
  })

function missingHint({ code, message }: CommanderError, args: readonly string[]): string {
  if (code !== 'commander.missingArgument') return SEE_HELP
  const taken = args[args.indexOf('--json') + 1]
  if (args.includes('--json') && taken !== undefined && taken !== '-' && !taken.endsWith('.json'))
    return `--json took ${taken} for its file: put --json last, or give it one, - for standard output`
  const example = message.includes("'trace'")
    ? 'greenbench replay run.jsonl'
    : message.includes("'result.json")
      ? 'greenbench report result.json -o report.html'
      : 'greenbench model.onnx --images photos'
  return `for example ${example}; ${SEE_HELP}`
}
