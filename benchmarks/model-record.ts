/** The part of every record that says which model it is about. */
import type { Model } from '../formats/format.js'
import type { ModelRecord } from '../src/core/record.js'
import type { ValueInfo, ValueType } from '../src/graph/graph.js'

/** How a record shows one input or output. */
export type ValueSignature = ModelRecord['inputs'][number]

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
    inputs: model.inputs.map(signatureOf),
    outputs: model.outputs.map(signatureOf),
    ...(graph === undefined ? {} : { opset: Object.fromEntries(graph.opsets), ...producerOf(graph.producer) }),
  }
}

function producerOf({ name, version }: { readonly name: string; readonly version: string }): { producer?: string } {
  const producer = [name, version].filter((part) => part !== '').join(' ')
  return producer === '' ? {} : { producer }
}

/** @returns name, element type and sizes; free sizes by their names */
export function signatureOf({ name, type }: ValueInfo): ValueSignature {
  const shape = type !== undefined && 'shape' in type ? type.shape : undefined
  return {
    name,
    dtype: typeName(type),
    ...(shape === undefined ? {} : { shape: shape.map((size) => (typeof size === 'number' ? size : size.text)) }),
  }
}

/** e.g. `float32`, `sequence(float32)`. */
function typeName(type: ValueType | undefined): string {
  if (type === undefined) return 'unknown'
  switch (type.kind) {
    case 'tensor':
      return type.dtype
    case 'sparse-tensor':
      return `sparse(${type.dtype})`
    case 'map':
      return `map(${type.key}, ${typeName(type.value)})`
    default:
      return `${type.kind}(${typeName(type.element)})`
  }
}
