/** Ctrl-C: the first one asks the run to stop and keep what it has, the second one quits. */
import { EXIT } from './failure.js'

/** Listens until it is closed. */
export interface Interruption {
  readonly signal: AbortSignal
  close(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** @param onFirst - called when the first signal arrives, to tell the user */
export function watchInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController()
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    onFirst()
    controller.abort()
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  return {
    signal: controller.signal,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt)
    },
  }
}
