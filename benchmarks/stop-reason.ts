/** When the windows of a measurement have told enough, and whether the last of them counts. */
import type { MeasuredWindow } from './protocol.js'
import type { ProtocolPlan } from './protocol-plan.js'
import type { WindowTally } from './window-tally.js'

/** Why the windows ended. */
export type StopReason = 'interval reached' | 'time budget spent' | 'interrupted' | 'run failed'

/** @returns `undefined` while the windows go on */
export function stopReasonOf(
  plan: ProtocolPlan,
  signal: AbortSignal | undefined,
  tally: WindowTally,
  failure: unknown,
): StopReason | undefined {
  if (failure !== undefined) return 'run failed'
  if (signal?.aborted === true) return 'interrupted'
  const { running } = tally
  const isTight = running !== undefined && running.relativeHalfWidth <= plan.target && running.isWandering !== true
  if (isTight && tally.windows.length >= plan.minWindows) return 'interval reached'
  // One batch says nothing of its spread, however long it took.
  if (tally.batches < 2) return undefined
  // A last window of less than half the length would add more edge than knowledge.
  return plan.maxDuration - tally.seconds < plan.window / 2 ? 'time budget spent' : undefined
}

/**
 * An interrupt or a failure may leave a stub of a window, whose energy is mostly edge; its latencies are as good as any.
 *
 * @param earlier - windows before it
 * @returns the window as it counts
 */
export function countedWindow(
  window: MeasuredWindow,
  plan: ProtocolPlan,
  earlier: readonly MeasuredWindow[],
): MeasuredWindow {
  const isStub = earlier.length > 0 && window.seconds < plan.window / 2
  return isStub ? withoutEnergy(window) : window
}

function withoutEnergy({ energy: _, ...window }: MeasuredWindow): MeasuredWindow {
  return window
}
