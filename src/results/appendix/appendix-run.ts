/** What an appendix keeps of a run after its page is written: its figures, and what filters look at. */
import type { ResultRecord } from '../../core/record.js'
import type { AppendixGroup, AppendixSpec } from './appendix-spec.js'
import { type AppendixRecord, DEFAULT_VARIABLES, type RunningProcess, variableOf } from './variable.js'

/** One run, without its samples. */
export interface AppendixRun {
  /** What filters are searched for in: path of the file, model, format, engine, batch size, kinds of run and energy. */
  readonly text: string
  readonly modelName: string
  readonly startedAt: string
  readonly energyKind: string | undefined
  /** Of its page, without ending. */
  readonly page: string
  /** Id of the process that it ran in, alone or in turn with others. */
  readonly process: string
  /** By the name of the variable; what is not known is absent. */
  readonly values: ReadonlyMap<string, number>
  /** Why a figure is not known, where more can be said than that. */
  readonly reasons: ReadonlyMap<string, string>
}

/** A run, and what it ran in. */
export interface ShownRun {
  readonly run: AppendixRecord
  readonly process: RunningProcess
}

/** @returns the variables that any group asks for, each once */
export function askedVariables(spec: AppendixSpec): readonly string[] {
  const names = new Set<string>()
  const visit = (groups: AppendixSpec) => {
    for (const group of Object.values(groups)) {
      for (const name of variablesOf(group)) names.add(name)
      const ordering = group.executive_summary_ordering_variable
      if (ordering !== undefined) names.add(ordering)
      for (const { x, y } of group.executive_summary_plots ?? []) names.add(x).add(y)
      visit(group.child_experiments ?? {})
    }
  }
  visit(spec)
  return [...names]
}

/** @returns those of a group, or the usual ones */
export const variablesOf = ({ executive_summary_variables }: AppendixGroup): readonly string[] =>
  executive_summary_variables ?? DEFAULT_VARIABLES

/** @param path - of the file, with `/` */
export function appendixRun(
  { run: record, process }: ShownRun,
  path: string,
  page: string,
  variables: readonly string[],
): AppendixRun {
  const { model, engine, batchSize, startedAt, energy, kind } = record
  const values = new Map<string, number>()
  const reasons = new Map<string, string>()
  for (const name of variables) {
    const value = variableOf(name).read(record, process)
    if (typeof value === 'object') reasons.set(name, value.reason)
    else if (value !== undefined && Number.isFinite(value)) values.set(name, value)
  }
  return {
    text: `${path} ${model.name} ${model.format} ${engine.name} batch ${batchSize} ${kind} ${energy?.kind ?? 'unknown'}`,
    modelName: model.name,
    startedAt,
    energyKind: energy?.kind,
    page,
    process: process.id,
    values,
    reasons,
  }
}

/** @returns the runs of a record that an appendix can show, or why there are none */
export function shownRuns(record: ResultRecord): readonly ShownRun[] | string {
  if (record.kind === 'inspection') return 'an inspection runs nothing'
  if (!record.complete) return 'it did not run to its end'
  const runs = record.kind === 'comparison' ? record.records.filter(({ complete }) => complete) : [record]
  return runs.map((run) => ({ run, process: record }))
}
