/** Models for tests of engines: a real ONNX file, wrapped as a format would wrap it. */
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Model } from '../../formats/format.js'
import type { ValueInfo } from '../../src/graph/graph.js'
import type { Tensor } from '../../src/graph/tensor.js'

/** The small CNN of `examples/`: input `image` [batch, 3, 32, 32], output `logits` [batch, 6]. */
export const SHAPES_MODEL = fileURLToPath(new URL('../../examples/shapes.onnx', import.meta.url))

/** @returns an ONNX file as a model that an engine opens by path */
export function onnxFile(path: string, inputs: readonly ValueInfo[] = []): Model {
  return {
    name: basename(path, '.onnx'),
    format: 'onnx',
    path,
    bytes: 0,
    inputs,
    outputs: [],
    isOnnxFile: true,
    sha256: () => Promise.resolve('0'.repeat(64)),
  }
}

/** @returns the elements of a tensor as plain numbers; none when there is no tensor */
export function numbersOf(tensor: Tensor | undefined): number[] {
  const elements: Iterable<unknown> = tensor?.data ?? []
  return Array.from(elements, Number)
}
