/** What ran, in one line. */
import type { InferenceRecord } from '../../core/record.js'
import { BYTES, formatPlain } from '../quantity.js'

/** The model, what it ran on, and its input. */
export function settingOf({ engine, input, images, model }: InferenceRecord): string {
  const threads = engine.threads === 0 ? '' : `, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`
  const data = images === undefined ? 'synthetic input' : `${images.count} images`
  return `${model.format}, ${formatPlain(model.bytes, BYTES)} · ${engine.name} ${engine.version} on ${engine.executionProvider}${threads} · ${data}: ${input.description}`
}
