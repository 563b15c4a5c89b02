/** The groups of a specification with the runs that belong to each. */
import type { AppendixRun } from './appendix-run.js'
import type { AppendixGroup, AppendixSpec } from './appendix-spec.js'
import { matchAll } from './run-filter.js'

/** A group with its runs and those of the groups in it. */
export interface GroupedRuns {
  readonly title: string
  readonly group: AppendixGroup
  readonly runs: readonly AppendixRun[]
  readonly children: readonly GroupedRuns[]
  /** Titles from the outermost group to this one; unique. */
  readonly path: readonly string[]
}

/**
 * A group has those runs of the group around it that its filter finds; a run may belong to several groups.
 *
 * @throws {FormatError} `E_APPENDIX_FILTER`
 */
export function groupRuns(
  spec: AppendixSpec,
  runs: readonly AppendixRun[],
  above: readonly string[] = [],
): readonly GroupedRuns[] {
  return Object.entries(spec).map(([title, group]) => {
    const found = matchAll(
      group.filter,
      runs.map(({ text }) => text),
    )
    const own = runs.filter((_run, index) => found[index] === true)
    const path = [...above, title]
    return { title, group, runs: own, path, children: groupRuns(group.child_experiments ?? {}, own, path) }
  })
}

/** @returns all groups, each before those in it */
export const flattened = (groups: readonly GroupedRuns[]): readonly GroupedRuns[] =>
  groups.flatMap((group) => [group, ...flattened(group.children)])
