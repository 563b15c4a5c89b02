/** The part of every record that says which model it is about. */
import type { Model } from '../formats/format.js'
import type { ModelRecord } from '../src/core/record.js'
import { valueSignature } from '../src/graph/value-signature.js'

/**
 * @param options - `hash`: reads the whole file for its digest
 * @throws {FormatError} when the file cannot be read to its end
 */
export async function describeModel(
  model: Model,
  options: { readonly hash: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ModelRecord> {
  const { graph } = model
  return {
    name: model.name,
    format: model.format,
    ...(options.hash ? { sha256: await model.sha256(options.signal) } : {}),
    bytes: model.bytes,
    inputs: model.inputs.map(valueSignature),
    outputs: model.outputs.map(valueSignature),
    ...(graph === undefined ? {} : { opset: Object.fromEntries(graph.opsets), ...producerOf(graph.producer) }),
    ...(model.signature === undefined ? {} : { signature: model.signature }),
    ...(model.tag === undefined ? {} : { tag: model.tag }),
  }
}

function producerOf({ name, version }: { readonly name: string; readonly version: string }): { producer?: string } {
  const producer = [name, version].filter((part) => part !== '').join(' ')
  return producer === '' ? {} : { producer }
}
