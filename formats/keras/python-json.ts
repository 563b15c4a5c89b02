/** Parses configs, which are foreign JSON: bounded in size, in values and in depth before anything is made of them. */
import { configError } from './keras-errors.js'

/** Characters; the configs of the largest published models have some millions. */
const LONGEST = 64 * 2 ** 20
/** Values take some 50 bytes each, where the text of one takes two. */
const MOST_VALUES = 4_000_000
const DEEPEST = 500

/**
 * Parses JSON as Python writes it, with `NaN` and `Infinity`.
 *
 * @param what - for messages, e.g. `the model_config of model.h5`
 * @throws {FormatError} `E_KERAS_CONFIG`
 */
export function parsePythonJson(text: string, what: string): unknown {
  refuseTooMuch(text, what)
  const tokens = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g
  try {
    if (!/Infinity|NaN/.test(text)) return JSON.parse(text)
    return JSON.parse(text.replace(tokens, (token) => NUMBERS[token] ?? token))
  } catch {
    throw configError(`${what} is no JSON`)
  }
}

const NUMBERS: Readonly<Record<string, string>> = { Infinity: '1e999', '-Infinity': '-1e999', NaN: 'null' }

/** Brackets inside texts count too: that is quicker, and the bounds are far away. */
function refuseTooMuch(text: string, what: string): void {
  if (text.length > LONGEST) throw configError(`${what} has ${text.length} characters, more than ${LONGEST}`)
  let [values, depth] = [0, 0]
  for (const { 0: mark, index } of text.matchAll(/[[\]{},]/g)) {
    values += 1
    if (mark === '[' || mark === '{') depth += 1
    if (mark === ']' || mark === '}') depth = Math.max(0, depth - 1)
    if (depth > DEEPEST) throw configError(`${what} nests deeper than ${DEEPEST} levels at character ${index}`)
    if (values > MOST_VALUES) throw configError(`${what} holds more than ${MOST_VALUES} values`)
  }
}
