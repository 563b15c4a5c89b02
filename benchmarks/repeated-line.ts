/** Finds lines of a trace that stand in it twice: what they say would count twice. */
import type { RunTraceEvent } from './trace-events.js'

/**
 * Readings may come twice, since they add up to nothing by themselves.
 *
 * @returns the place of the first line that repeats another, from 0, -1 when none does
 */
export function repeatedLine(events: readonly RunTraceEvent[]): number {
  const seen = new Set<string>()
  return events.findIndex((event) => {
    const identity = identityOf(event)
    const isRepeated = identity !== undefined && seen.has(identity)
    if (identity !== undefined) seen.add(identity)
    return isRepeated
  })
}

/** What only one line can be. Latencies may be alike by chance: their number is compared with that of the batch size's end. */
function identityOf(event: RunTraceEvent): string | undefined {
  switch (event.type) {
    case 'channel':
      return `channel ${event.channel}`
    case 'begin':
    case 'end':
      return `${event.type} ${event.window}`
    case 'idle':
      return `idle ${event.batch} ${event.position}`
    case 'batch':
    case 'ready':
    case 'warmup':
    case 'done':
      return `${event.type} ${event.batch}`
    case 'window':
      return `window ${event.batch} ${event.startedAt}`
    case 'run':
      // Competitors may be alike, but take their own time to load.
      return event.load === undefined ? undefined : JSON.stringify(event)
    case 'part':
      return `part ${event.name} ${event.epoch} ${event.startedAt}`
    case 'start':
    case 'training':
    case 'trained':
      return event.type
    default:
      return undefined
  }
}
