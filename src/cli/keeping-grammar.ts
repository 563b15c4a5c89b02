/** The grammar of the commands that use recorded results: set them against each other, hand them on to other programs and to a paper. */
import type { Command } from 'commander'
import type { OptionList } from './option-definition.js'
import { COMPARE_OPTIONS } from './options/compare-options.js'
import { EXPORT_OPTIONS } from './options/export-options.js'
import { STATEMENT_OPTIONS } from './options/statement-options.js'
import type { GivenValues } from './program.js'

/** What is asked of them. */
export interface KeepingRequest {
  readonly command: 'keep'
  readonly action: 'compare' | 'export' | 'statement'
  readonly paths: readonly string[]
  readonly given: GivenValues
}

interface Grammar {
  readonly name: KeepingRequest['action']
  readonly description: string
  readonly argument: readonly [name: string, description: string]
  readonly options: OptionList
  readonly examples: string
}

const COMMANDS: readonly Grammar[] = [
  {
    name: 'compare',
    description: 'tell whether new results are worse than those of a base, and stop a build that made them so',
    argument: ['<base-and-new...>', 'files that --json wrote, or folders of repeated runs: the base, then what is new'],
    options: COMPARE_OPTIONS,
    examples: `
Examples:
  greenbench compare base.json new.json
  greenbench compare base/ new/ --metric energyPerInference,latency.p50 --max-regress 5%
  greenbench compare base.json new.json --markdown summary.md --junit greenbench.xml
  greenbench base.onnx new.onnx --images photos --json turns.json
  greenbench compare turns.json --max-regress 2%

Ends with code 3 when a figure is worse and the whole interval of its change is beyond --max-regress.
`,
  },
  {
    name: 'export',
    description: 'hand recorded results to a spreadsheet, Prometheus, MLflow or OpenTelemetry',
    argument: ['<result.json...>', 'files that --json wrote, or folders of them'],
    options: EXPORT_OPTIONS,
    examples: `
Examples:
  greenbench export result.json --to csv -o result.csv
  greenbench export results/ --to prometheus -o /var/lib/node_exporter/greenbench.prom
  greenbench export result.json --to mlflow --url http://127.0.0.1:5000 --experiment "Our classifiers"
  greenbench export result.json --to otel --url http://127.0.0.1:4318

Only mlflow and otel contact the network, and only the server that --url or the environment names. Credentials come from
the environment: MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD;
OTEL_EXPORTER_OTLP_HEADERS.
`,
  },
  {
    name: 'statement',
    description: 'sum up the energy and CO2 of recorded results in sentences for a paper',
    argument: ['<results...>', 'folders of files that --json wrote, or the files'],
    options: STATEMENT_OPTIONS,
    examples: `
Examples:
  greenbench statement results/
  greenbench statement results/ --format latex -o impact.tex
  greenbench statement results/ --cloud aws:eu-west-3 --social-cost 51

Each run counts once. A place, an intensity or a PUE that is given takes the place of those of the records; without one each
record keeps its own. What is in no sum is named with the reason.
`,
  },
]

/**
 * @param withOptions - adds a list of options to a command
 * @param onRequest - told what was asked for, with the command and its options
 * @returns all commands that were added
 */
export function addKeepingCommands(
  program: Command,
  withOptions: (command: Command, options: OptionList) => Command,
  onRequest: (request: Omit<KeepingRequest, 'given'>, command: Command, options: OptionList) => void,
): readonly Command[] {
  return COMMANDS.map(({ name, description, argument, options, examples }) => {
    const command = withOptions(program.command(name), options)
      .description(description)
      .argument(...argument)
      .addHelpText('after', examples)
    return command.action((paths: string[]) => onRequest({ command: 'keep', action: name, paths }, command, options))
  })
}
