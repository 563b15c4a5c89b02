/** What all pages of a leaderboard's site know: the leaderboard, quick ways through it, and the names of the pages. */

import { counted } from '../count-text.js'
import { engineText } from '../leaderboard/engine-text.js'
import type {
  HardwareClass,
  Leaderboard,
  LeaderboardEntry,
  LeaderboardGroup,
  LeaderboardRun,
  ListedModel,
} from '../leaderboard/leaderboard.js'
import { fileNamesOf } from '../pages/file-name.js'

/** A leaderboard with its indices. Names in it may be anything; names of pages are made of letters, digits and dashes. */
export interface SitePages {
  readonly leaderboard: Leaderboard
  /** Version of greenbench that writes the pages. */
  readonly version: string
  readonly models: ReadonlyMap<string, ListedModel>
  readonly hardware: ReadonlyMap<string, HardwareClass>
  readonly runs: ReadonlyMap<string, LeaderboardRun>
  /** Where each model stands. */
  readonly places: ReadonlyMap<string, readonly Place[]>
  /** Of the page, by the `id` of the model. */
  readonly modelNames: ReadonlyMap<string, string>
  /** Of the page and of the data, by the `id` of the run, of inferences as well as of trainings. */
  readonly runNames: ReadonlyMap<string, string>
}

/** An entry and the group in which it is ranked. */
export interface Place {
  readonly group: LeaderboardGroup
  readonly entry: LeaderboardEntry
}

/** @returns the indices of a leaderboard that was checked against its schema */
export function sitePages(leaderboard: Leaderboard, version: string): SitePages {
  const { models, hardware, runs, groups, training } = leaderboard
  const places = new Map<string, Place[]>()
  for (const group of groups) {
    for (const entry of group.entries) {
      const known = places.get(entry.model)
      if (known === undefined) places.set(entry.model, [{ group, entry }])
      else known.push({ group, entry })
    }
  }
  return {
    leaderboard,
    version,
    models: new Map(models.map((model) => [model.id, model])),
    hardware: new Map(hardware.map((one) => [one.id, one])),
    runs: new Map(runs.map((run) => [run.id, run])),
    places,
    modelNames: fileNamesOf(models.map(({ id }) => id)),
    runNames: fileNamesOf([...runs, ...training].map(({ id }) => id)),
  }
}

/** e.g. `batch 1 · onnxruntime 1.30.0 on cpu, 2 threads · measured energy of dram, package · images 3x224x224`. */
export function protocolText({ protocol }: LeaderboardGroup): string {
  const { batchSize, energy, parts, input, inputSize, images, windows } = protocol
  const data =
    images === undefined ? '' : ` (${counted(images.count, 'image')} of ${counted(images.classes, 'class', 'classes')})`
  return [
    `batch ${batchSize}`,
    ...engineText(protocol),
    `${energy} energy of ${parts.join(', ')}`,
    `${input === 'images' ? 'images' : 'synthetic input'} ${inputSize}${data}`,
    ...(windows === 'short' ? ['short windows'] : []),
  ].join(' · ')
}
