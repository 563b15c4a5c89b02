/** Names a node in a message. */
import { quoted } from '../../src/core/quoted.js'

/** @returns e.g. `Conv "features/0"`, or `a node Conv` where it has no name */
export function describeNode(operator: string, name: string): string {
  const shown = /^\w{1,60}$/.test(operator) ? operator : quoted(operator)
  return name === '' ? `a node ${shown}` : `${shown} ${quoted(name)}`
}
