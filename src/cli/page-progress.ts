/** How many pages are written, as a bar on a terminal and as nothing elsewhere. */
import { Presets, SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.js'

/** Shows what it is told until it is stopped. */
export interface PageProgress {
  show(this: void, done: number, total: number): void
  stop(this: void): void
}

/** @param isQuiet - shows nothing */
export function showPageProgress({ stderr, environment }: Terminal, isQuiet: boolean): PageProgress {
  if (isQuiet || !stderr.isTTY || environment.TERM === 'dumb') return { show: () => {}, stop: () => {} }
  const bar = new SingleBar(
    {
      stream: stderr,
      format: 'pages {bar} {percentage}%  {value} of {total}, {eta_formatted} left',
      fps: 5,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  )
  const stop = () => {
    bar.stop()
    process.off('exit', stop)
  }
  // The cursor comes back however the process ends.
  process.once('exit', stop)
  bar.start(1, 0)
  const show = (done: number, total: number) => {
    bar.setTotal(total)
    bar.update(done)
  }
  return { show, stop }
}
