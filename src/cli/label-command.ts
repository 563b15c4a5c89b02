/** `greenbench label <result.json>`: the energy grade of a recorded run as a label and as a badge. */
import { extname } from 'node:path'
import { FormatError, UsageError } from '../core/errors.js'
import type { InferenceRecord, ResultRecord } from '../core/record.js'
import { counted } from '../results/count-text.js'
import { badgeSvg } from '../results/label/badge-svg.js'
import type { LabelTheme } from '../results/label/label-colours.js'
import { type LabelFacts, labelFacts, type StatedAccuracy } from '../results/label/label-facts.js'
import { labelSvg } from '../results/label/label-svg.js'
import { implausible } from '../results/leaderboard/plausible.js'
import { writeOutput } from '../results/output-file.js'
import { printable } from '../results/printable.js'
import { inferencesOf, readRecords } from '../results/read-record.js'
import { EXIT } from './failure.js'
import type { Settings } from './option-definition.js'
import { LABEL_OPTIONS } from './options/label-options.js'
import { checkFiles } from './output-choice.js'
import type { GivenValues } from './program.js'
import { fromCommandLine, readSettings } from './settings.js'
import { recordSources } from './sources.js'
import { type Terminal, write } from './terminal.js'

/** Names that a message lists. */
const MOST_NAMES = 8

type LabelSettings = Settings<typeof LABEL_OPTIONS>

/**
 * @param path - a file that `--json` wrote
 * @returns the exit code; a run without a grade gets a label that says why
 */
export async function labelCommand(path: string, given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = readSettings(LABEL_OPTIONS, [fromCommandLine(given, terminal.folder)])
  const targets = targetsOf(settings)
  const stated = statedAccuracy(settings)
  await checkFiles({ '-o': settings.output, '--badge': settings.badge }, recordSources([path]))
  const record = chosenRecord(path, await readRecords(path), settings)
  checkPlausible(path, record)
  const facts = labelFacts(record, stated)
  for (const { path: target, draw } of targets) await writeOutput(target, await draw(facts))
  if (settings.quiet !== true) await write(terminal.stdout, summaryOf(facts, targets))
  return EXIT.success
}

/** @throws {FormatError} `E_LABEL_RECORD` for figures that a leaderboard leaves out, too */
function checkPlausible(path: string, record: InferenceRecord): void {
  const extreme = implausible(record)
  if (extreme === undefined) return
  throw new FormatError('E_LABEL_RECORD', `${path}: ${extreme}`, {
    hint: 'records are the JSON files that greenbench writes with --json, unchanged',
  })
}

interface Target {
  readonly path: string
  draw(facts: LabelFacts): Promise<string | Uint8Array>
}

/** @throws {UsageError} `E_LABEL` when nothing is to be written, or under a name that says nothing of its form */
function targetsOf({ output, badge, theme = 'auto' }: LabelSettings): readonly Target[] {
  const targets = [
    ...(output === undefined ? [] : [{ path: output, draw: drawingOf(output, theme) }]),
    ...(badge === undefined ? [] : [{ path: badge, draw: async (facts: LabelFacts) => badgeSvg(facts) }]),
  ]
  if (targets.length === 0) {
    throw new UsageError('E_LABEL', 'where shall the label go?', { hint: 'name a file, for example -o label.svg' })
  }
  return targets
}

function drawingOf(path: string, theme: LabelTheme): Target['draw'] {
  const form = extname(path).toLowerCase()
  if (form === '.svg') return async (facts) => labelSvg(facts, theme)
  if (form !== '.png') {
    throw new UsageError('E_LABEL', `a label is written as .svg or .png, not as ${path.slice(-80)}`, {
      hint: 'for example -o label.svg',
    })
  }
  // Pixels cannot follow the reader.
  return async (facts) => {
    const { pngOf } = await import('../results/label/label-png.js')
    return pngOf(labelSvg(facts, theme === 'auto' ? 'light' : theme))
  }
}

function statedAccuracy({ accuracy, accuracySource }: LabelSettings): StatedAccuracy | undefined {
  if (accuracy !== undefined && accuracySource !== undefined) return { top1: accuracy, source: accuracySource }
  if (accuracy === undefined && accuracySource === undefined) return undefined
  throw new UsageError('E_LABEL', 'an accuracy that was not measured needs its source', {
    hint: 'give both, for example --accuracy 76.13% --accuracy-source "torchvision IMAGENET1K_V1"',
  })
}

/** A run with the names that it can be chosen by. */
interface NamedRun {
  readonly run: InferenceRecord
  readonly names: readonly string[]
}

function namedRuns(records: readonly ResultRecord[]): readonly NamedRun[] {
  const competitors = records.flatMap((record) => (record.kind === 'comparison' ? record.competitors : []))
  return inferencesOf(records).map((run) => ({
    run,
    names: [...competitors.filter(({ record }) => record === run.id).map(({ name }) => name), run.model.name],
  }))
}

type Choice = Pick<LabelSettings, 'batch' | 'model'>

function chosenRecord(path: string, records: readonly ResultRecord[], { batch, model }: Choice): InferenceRecord {
  const runs = namedRuns(records)
  if (runs.length === 0) {
    throw new FormatError('E_LABEL_RECORD', `${path}: no record of a timed run`, {
      hint: 'greenbench model.onnx --images photos --json result.json makes one',
    })
  }
  const ofModel = runs.filter(({ names }) => model === undefined || names.includes(model))
  const fitting = ofModel.filter(({ run }) => batch === undefined || run.batchSize === batch)
  const [first] = fitting
  if (first !== undefined && fitting.length === 1) return first.run
  throw undecided(path, runs, ofModel.length > 1 ? ofModel : runs)
}

function undecided(path: string, runs: readonly NamedRun[], [first, ...others]: readonly NamedRun[]): UsageError {
  const sizes = [...new Set(runs.map(({ run }) => run.batchSize))]
  const names = [...new Set(runs.map(({ names: [name = ''] }) => name))].slice(0, MOST_NAMES).join(', ')
  const isOneSize = others.every(({ run }) => run.batchSize === first?.run.batchSize)
  const choice = isOneSize ? `--model ${JSON.stringify(first?.names[0])}` : `--batch ${first?.run.batchSize}`
  return new UsageError(
    'E_LABEL',
    `${path} holds ${counted(runs.length, 'run')}, of batch ${sizes.length === 1 ? 'size' : 'sizes'} ${sizes.join(', ')}: ${names}`,
    {
      hint: `choose one with ${choice}, or give a file with one run`,
    },
  )
}

function summaryOf({ grade, model }: LabelFacts, targets: readonly Target[]): string {
  const result =
    'notGraded' in grade
      ? `not graded: ${grade.notGraded}`
      : `grade ${grade.best === grade.worst ? grade.letter : `${grade.best}-${grade.worst}`} of edition ${grade.edition}`
  const names = targets.map(({ path }) => path).join(' and ')
  return `${printable(model)}: ${printable(result)}\nwrote ${printable(names)}\n`
}
