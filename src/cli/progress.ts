/** Where a run stands, on standard error: a bar on a terminal, a line per phase elsewhere, nothing with `--quiet`. */
import { Presets, SingleBar } from 'cli-progress'
import type { Progress } from '../../benchmarks/options.js'
import { formatExact, formatFigure, formatShare, JOULES, SECONDS } from '../results/quantity.js'
import { epochDetail } from './epoch-line.js'
import type { Terminal } from './terminal.js'

/** Shows what it is told until it is stopped. */
export interface ProgressDisplay {
  show(this: void, progress: Progress): void
  /** Writes a line that stays, above the bar. */
  note(this: void, text: string): void
  /** Removes the bar; what is told later is dropped. */
  stop(): void
}

/** Drawing takes CPU time from what is measured, so it happens seldom. */
const FRAMES_PER_SECOND = 4

/** @param isQuiet - shows nothing */
export function showProgress(terminal: Terminal, isQuiet: boolean): ProgressDisplay {
  if (isQuiet) return { show: () => {}, note: () => {}, stop: () => {} }
  const isDrawable = terminal.stderr.isTTY && terminal.environment.TERM !== 'dumb'
  return isDrawable ? drawBar(terminal) : writeLines(terminal)
}

function drawBar({ stderr }: Terminal): ProgressDisplay {
  const bar = new SingleBar(
    {
      stream: stderr,
      format: '{phase} {bar} {percentage}%  {detail}',
      fps: FRAMES_PER_SECOND,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  )
  let state: 'new' | 'drawn' | 'stopped' = 'new'
  const stop = () => {
    if (state === 'drawn') bar.stop()
    state = 'stopped'
    process.off('exit', stop)
  }
  const show = (progress: Progress) => {
    if (state === 'stopped') return
    const words = { phase: phaseOf(progress).padEnd(11), detail: detailOf(progress) }
    if (state === 'new') bar.start(1, 0, words)
    state = 'drawn'
    bar.setTotal(Math.max(progress.total, 1e-9))
    bar.update(Math.min(progress.done, progress.total), words)
  }
  const note = (text: string) => {
    if (state === 'drawn') bar.stop()
    if (state !== 'stopped') state = 'new'
    stderr.write(`${text}\n`)
  }
  // The cursor comes back however the process ends.
  process.once('exit', stop)
  return { show, note, stop }
}

/** For logs: one line when a phase begins. */
function writeLines({ stderr }: Terminal): ProgressDisplay {
  let last = ''
  let isStopped = false
  const show = (progress: Progress) => {
    const batch =
      progress.phase === 'inference' ? ` batch ${progress.batchSize}, at most ${progress.total.toFixed(0)} s` : ''
    const line = `${phaseOf(progress)}${batch}`
    // Epochs leave lines of their own.
    if (isStopped || line === last || 'epoch' in progress || progress.phase === 'save') return
    last = line
    stderr.write(`${line}\n`)
  }
  return {
    show,
    note: (text) => void stderr.write(`${text}\n`),
    stop: () => {
      isStopped = true
    },
  }
}

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  load: 'loading',
  prepare: 'preparing',
  preprocess: 'images',
  idle: 'idle power',
  warmup: 'warming up',
  cooldown: 'cooling down',
  inference: 'measuring',
  training: 'training',
  validation: 'validating',
  save: 'saving',
  finish: 'finishing',
}

const phaseOf = (progress: Progress): string =>
  'epoch' in progress
    ? `${progress.phase === 'training' ? 'epoch' : 'testing'} ${progress.epoch}/${progress.epochs}`
    : PHASES[progress.phase]

function detailOf(progress: Progress): string {
  if (progress.phase === 'preprocess') {
    const skipped = progress.skipped === 0 ? '' : `, ${progress.skipped} skipped`
    return `${formatExact(progress.done)} of ${formatExact(progress.total)}${skipped}`
  }
  if ('epoch' in progress) return epochDetail(progress)
  if (progress.phase !== 'inference') return ''
  const parts = [`batch ${progress.batchSize}`, `${formatExact(progress.inferences)} inferences`]
  return [...parts, ...runningInterval(progress.running)].join(' · ')
}

/** e.g. `612 ± 13 mJ an image (2.1%)`. */
function runningInterval(running: Extract<Progress, { phase: 'inference' }>['running']): string[] {
  if (running === undefined || !Number.isFinite(running.relativeHalfWidth)) return []
  const { quantity, mean, relativeHalfWidth } = running
  const half = Math.abs(mean) * relativeHalfWidth
  const unit = quantity === 'energy' ? JOULES : SECONDS
  const figure = formatFigure({ value: mean, low: mean - half, high: mean + half }, unit)
  return [`${figure} ${quantity === 'energy' ? 'an image' : 'a batch'} (${formatShare(relativeHalfWidth)})`]
}
