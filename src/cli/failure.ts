/** What a failure looks like on a terminal: one line, a way out, and an exit code that scripts can rely on. */
import { inspect } from 'node:util'
import { EngineError, GreenbenchError, InterruptedError, ProfilerError, UsageError } from '../core/errors.js'
import { printable } from '../results/printable.js'
import type { TextStyle } from '../results/text-style.js'

/** Exit codes of every command. */
export const EXIT = { success: 0, failure: 1, usage: 2, limit: 3, profiler: 4, engine: 5, interrupted: 130 } as const

/** @returns the code that the process ends with */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof ProfilerError) return EXIT.profiler
  if (error instanceof EngineError) return EXIT.engine
  return error instanceof InterruptedError ? EXIT.interrupted : EXIT.failure
}

/**
 * @param isDebugging - adds the stack and the errors underneath
 * @returns one line for what happened and, where there is one, one for what to do next
 */
export function failureText(error: unknown, style: TextStyle, isDebugging: boolean): string {
  const { message, hint } = explanation(error)
  const lines = [`${style('bad', 'greenbench:')} ${printable(message)}`]
  if (hint !== undefined) lines.push(`  hint: ${printable(hint)}`)
  if (isDebugging) lines.push(inspect(error))
  return `${lines.join('\n')}\n`
}

function explanation(error: unknown): { message: string; hint: string | undefined } {
  if (error instanceof GreenbenchError) return { message: inOneLine(error.message), hint: error.hint }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${inspect(error, { depth: 1 })}`
  return {
    message: `unexpected ${inOneLine(message)}`,
    hint: 'this is a fault of greenbench or of a plugin: run again with --debug and report what it prints',
  }
}

const inOneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim()
