/** Protobuf messages written by hand, byte for byte, so that tests can also write what no encoder would. */

/** @returns bytes of a varint of up to 64 bits; negative numbers take ten */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

/** @returns a varint field */
export const int = (field: number, value: number | bigint): Buffer => Buffer.concat([varint(field * 8), varint(value)])

/** @returns a length-delimited field: text, bytes, or a message made of fields */
export function bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

/** @returns a length-delimited field that announces `length` bytes and has only `content` */
export const announced = (field: number, length: number | bigint, content: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(length), content])

/** @returns a 32-bit floating field */
export function float(field: number, value: number): Buffer {
  const content = Buffer.alloc(4)
  content.writeFloatLE(value)
  return Buffer.concat([varint(field * 8 + 5), content])
}

/** Parts of an ONNX file, with the field numbers of `onnx.proto`. */
export const onnx = {
  /** ModelProto of IR version 8 and opset 17 around a graph. */
  model: (graph: Uint8Array, ...more: readonly Uint8Array[]): Buffer =>
    Buffer.concat([int(1, 8), bytes(7, graph), bytes(8, bytes(1, ''), int(2, 17)), ...more]),
  graph: (...parts: readonly Uint8Array[]): Buffer => Buffer.concat([...parts, bytes(2, 'g')]),
  /** Field of GraphProto or FunctionProto (`field` 7). */
  node: (
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    extra: readonly Uint8Array[] = [],
    field = 1,
  ) =>
    bytes(
      field,
      ...inputs.map((name) => bytes(1, name)),
      ...outputs.map((name) => bytes(2, name)),
      bytes(4, operator),
      ...extra,
    ),
  input: (name: string, ...type: readonly Uint8Array[]): Buffer => bytes(11, bytes(1, name), ...type),
  output: (name: string): Buffer => bytes(12, bytes(1, name)),
  /** Field of GraphProto: a float tensor unless `dtype` says otherwise. */
  initializer: (name: string, dims: readonly (number | bigint)[], ...data: readonly Uint8Array[]): Buffer =>
    bytes(5, ...dims.map((size) => int(1, size)), int(2, 1), bytes(8, name), ...data),
  raw: (content: Uint8Array): Buffer => bytes(9, content),
  /** Field of NodeProto. */
  attribute: (name: string, type: number, ...value: readonly Uint8Array[]): Buffer =>
    bytes(5, bytes(1, name), int(20, type), ...value),
  external: (entries: Readonly<Record<string, string>>): Buffer =>
    Buffer.concat([
      ...Object.entries(entries).map(([key, value]) => bytes(13, bytes(1, key), bytes(2, value))),
      int(14, 1),
    ]),
}
