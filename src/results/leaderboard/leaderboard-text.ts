/** A leaderboard for a terminal: a table for each group, and what was left out. */

import { counted } from '../count-text.js'
import { gradeText } from '../grade/grade.js'
import { printable, shortened } from '../printable.js'
import { formatFigure, formatShare, JOULES } from '../quantity.js'
import type { TextStyle } from '../text-style.js'
import { drawTable } from '../text-table.js'
import { engineText } from './engine-text.js'
import { groupedBy } from './grouped-by.js'
import { byText } from './identifier.js'
import type { LeaderboardEntry, LeaderboardGroup, LeftOut, Protocol } from './leaderboard.js'
import type { RankedLeaderboard } from './rankable.js'

/** How text is to look. */
export interface TextView {
  readonly width: number
  readonly style: TextStyle
}

/** The rest stands in the file. */
const MOST = { groups: 8, entries: 20, leftOut: 5 } as const
const LONGEST_NAME = 32
const LONGEST_HARDWARE = 120

/**
 * @param news - what is to be said of the runs behind their number
 * @returns lines, each ended by a line break
 */
export function leaderboardText(leaderboard: RankedLeaderboard, view: TextView, news = ''): string {
  const { groups, leftOut, runs, training } = leaderboard
  const names = {
    models: new Map(leaderboard.models.map(({ id, name }) => [id, name])),
    hardware: new Map(leaderboard.hardware.map(({ id, name }) => [id, name])),
  }
  const shown = groups.toSorted(byMachineAndBatch).slice(0, MOST.groups)
  const entries = groups.reduce((sum, group) => sum + group.entries.length, 0)
  const counts = [
    counted(entries, 'entry', 'entries'),
    `in ${counted(groups.length, 'group')} from ${counted(runs.length, 'run')}`,
    ...(training.length === 0 ? [] : [`and ${counted(training.length, 'training')}`]),
  ]
  return [
    `${counts.join(' ')}${news}\n`,
    ...shown.map((group, index) => groupText(group, names, view, shown[index - 1])),
    ...(groups.length > MOST.groups ? [`... ${counted(groups.length - MOST.groups, 'more group')}\n`] : []),
    ...(leftOut.length === 0 ? [] : [leftOutText(leftOut, view)]),
  ].join('\n')
}

interface Names {
  readonly models: ReadonlyMap<string, string>
  readonly hardware: ReadonlyMap<string, string>
}

/** In the file, groups stand by text, in which 32 comes before 8. */
const byMachineAndBatch = (one: LeaderboardGroup, other: LeaderboardGroup): number =>
  byText(one.hardware, other.hardware) || one.protocol.batchSize - other.protocol.batchSize

/** @param before - the group above; the machine is named once */
function groupText(
  { hardware, protocol, entries }: LeaderboardGroup,
  names: Names,
  view: TextView,
  before?: LeaderboardGroup,
): string {
  const shown = entries.slice(0, MOST.entries)
  const notes = notesOf(shown)
  const machine = shortened(printable(names.hardware.get(hardware) ?? hardware), LONGEST_HARDWARE)
  const heading = before?.hardware === hardware ? '' : `${view.style('strong', machine)}\n`
  const table = drawTable(
    {
      head: ['rank', 'model', 'energy per inference', 'top-1', 'front', 'grade', 'runs'],
      rows: shown.map((entry) => rowOf(entry, names.models, notes)),
      align: ['right', 'left', 'right', 'right', 'left', 'left', 'right'],
    },
    view.width,
    view.style,
  )
  const more = entries.length > shown.length ? `... ${entries.length - shown.length} more\n` : ''
  return `${heading}${view.style('faint', printable(protocolText(protocol)))}\n${table}${more}${notesText(shown, notes)}`
}

function rowOf(
  entry: LeaderboardEntry,
  names: ReadonlyMap<string, string>,
  notes: readonly string[],
): readonly string[] {
  const { rank, tiedWith, energyPerInference: energy, accuracy, pareto, grade, runs, unranked } = entry
  const mark = (note: string | undefined): string => (note === undefined ? '' : ` [${notes.indexOf(note) + 1}]`)
  return [
    rank === undefined ? `-${mark(unrankedNote(unranked))}` : `${rank}${tiedWith > 0 ? '=' : ''}`,
    shortened(printable(names.get(entry.model) ?? entry.model), LONGEST_NAME),
    formatFigure({ value: energy.joules, low: energy.low, high: energy.high }, JOULES),
    accuracy === undefined ? '-' : formatShare(accuracy.top1),
    pareto ?? '-',
    gradeText(grade) ?? `-${mark(ungradedNote(grade))}`,
    String(runs.length),
  ]
}

const unrankedNote = (reason: string | undefined) => (reason === undefined ? undefined : `not ranked: ${reason}`)

const ungradedNote = (grade: LeaderboardEntry['grade']) =>
  'notGraded' in grade ? `not graded: ${grade.notGraded}` : undefined

/** Reasons for what is absent, each once: a row names them by their place, from 1. */
const notesOf = (entries: readonly LeaderboardEntry[]): readonly string[] => [
  ...new Set([
    ...entries.flatMap(({ unranked }) => unrankedNote(unranked) ?? []),
    ...entries.flatMap(({ grade }) => ungradedNote(grade) ?? []),
  ]),
]

function notesText(entries: readonly LeaderboardEntry[], notes: readonly string[]): string {
  const ties = entries.some(({ tiedWith }) => tiedWith > 0) ? ['= tied: the 95% intervals overlap'] : []
  const numbered = notes.map((note, index) => `[${index + 1}] ${note}`)
  return [...ties, ...numbered].map((note) => `${printable(note)}\n`).join('')
}

/** @returns one line for people */
export function protocolText(protocol: Protocol): string {
  const { batchSize, energy, parts, input, inputSize, images, windows } = protocol
  return [
    `batch ${batchSize}`,
    ...engineText(protocol),
    `energy ${energy}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`,
    input === 'images' ? `images ${inputSize}` : `random values ${inputSize}`,
    ...(images === undefined
      ? []
      : [`${counted(images.count, 'image')} of ${counted(images.classes, 'class', 'classes')}`]),
    ...(windows === 'short' ? ['short windows'] : []),
  ].join(' · ')
}

function leftOutText(leftOut: readonly LeftOut[], { style }: TextView): string {
  const kinds = [...groupedBy(leftOut, ({ code }) => code)].map(([code, those]) => `${code} ${those.length}`)
  const lines = leftOut.slice(0, MOST.leftOut).map(({ path, reason }) => `  ${path}: ${reason}`)
  const more = leftOut.length > MOST.leftOut ? [`  ... ${leftOut.length - MOST.leftOut} more in the file`] : []
  const all = [`left out: ${leftOut.length} (${kinds.join(', ')})`, ...lines, ...more]
  return all.map((line, index) => `${style(index === 0 ? 'doubtful' : 'faint', printable(line))}\n`).join('')
}
