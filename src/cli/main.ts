/** The command line from its first to its last line: read what is asked, do it, answer, end with a code. */
import { greenbenchVersion } from '../../benchmarks/versions.js'
import { EXIT, exitCodeOf, failureText } from './failure.js'
import { parseCommandLine } from './program.js'
import { processTerminal, styleOf, type Terminal, write } from './terminal.js'

/** Runs the command line of this process and ends it. */
export async function main(): Promise<never> {
  const terminal = processTerminal()
  const args = process.argv.slice(2)
  // A plugin may throw where nobody waits for it.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.once(event, (error: unknown) => {
      void fail(error, args, terminal).then((code) => process.exit(code))
    })
  }
  const code = await run(args, terminal).catch((error: unknown) => fail(error, args, terminal))
  // Threads of an engine or a plugin may keep the process alive; everything that was asked for is written.
  process.exit(code)
}

/** Each command is loaded when it is asked for, since inspecting must not wait for engines and sensors. */
async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const answers: string[] = []
  const request = parseCommandLine(args, greenbenchVersion(), (text) => answers.push(text))
  if (request.command === 'none') {
    await write(terminal.stdout, answers.join(''))
    return EXIT.success
  }
  if (request.command === 'inspect') {
    const { inspectCommand } = await import('./inspect-command.js')
    return inspectCommand(request.model, request.given, terminal)
  }
  if (request.command === 'convert') {
    const { convertCommand } = await import('./convert-command.js')
    return convertCommand(request.model, request.target, request.given, terminal)
  }
  if (request.command === 'carbon') {
    const { carbonCommand } = await import('./carbon-command.js')
    return carbonCommand(request, terminal)
  }
  if (request.command === 'train') {
    const { trainCommand } = await import('./train-command.js')
    return trainCommand(request.model, request.given, terminal)
  }
  if (request.command === 'replay') {
    const { replayCommand } = await import('./replay-command.js')
    return replayCommand(request.trace, request.given, terminal)
  }
  if (request.command === 'report') {
    const { reportCommand } = await import('./report-command.js')
    return reportCommand(request.paths, request.given, terminal)
  }
  if (request.command === 'keep') {
    const { action, paths, given } = request
    if (action === 'compare') {
      const { compareCommand } = await import('./compare-command.js')
      return compareCommand(paths, given, terminal)
    }
    if (action === 'export') {
      const { exportCommand } = await import('./export-command.js')
      return exportCommand(paths, given, terminal)
    }
    const { statementCommand } = await import('./statement-command.js')
    return statementCommand(paths, given, terminal)
  }
  if (request.command === 'leaderboard') {
    const { leaderboardCommand } = await import('./leaderboard-command.js')
    return leaderboardCommand(request, terminal)
  }
  if (request.command === 'label') {
    const { labelCommand } = await import('./label-command.js')
    return labelCommand(request.record, request.given, terminal)
  }
  if (request.command === 'detect') {
    const { detectCommand } = await import('./detect-command.js')
    return detectCommand(request.given, terminal)
  }
  const { measureCommand } = await import('./measure-command.js')
  return measureCommand(request, terminal)
}

/** Reads its options from the raw arguments, since the failure may be that they cannot be parsed. */
async function fail(error: unknown, args: readonly string[], terminal: Terminal): Promise<number> {
  const style = styleOf(terminal, 'stderr', !args.includes('--no-color'))
  const isDebugging = args.includes('--debug') || (terminal.environment.GREENBENCH_DEBUG ?? '') !== ''
  await write(terminal.stderr, failureText(error, style, isDebugging))
  return exitCodeOf(error)
}
