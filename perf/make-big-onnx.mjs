/**
 * Writes ONNX files of any size in seconds: a chain of MatMul and Relu whose weights lie inside the file.
 *
 *   node perf/make-big-onnx.mjs big.onnx 600        # MB of weights, random
 *   node perf/make-big-onnx.mjs huge.onnx 3000 hole # weights are holes: the file takes no room on the disk
 *
 * The protobuf is written by hand, since no library of it can write more than 2 GiB into one message.
 *
 * @see https://onnx.ai/onnx/repo-docs/IR.html
 */
import { randomFillSync } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const FLOAT = 1
/** As many MatMul nodes as ResNet-152 has convolutions; files differ in the size of their weights only. */
const LAYERS = 155

/** @returns the protobuf encoding of a whole number, which may be larger than 32 bits */
function varint(value) {
  const bytes = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)])
const head = (field, length) => Buffer.concat([varint(field * 8 + 2), varint(length)])
const message = (field, ...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([head(field, body.length), body])
}
const text = (field, value) => message(field, Buffer.from(value))

const valueInfo = (field, name, side) => {
  const sizes = [message(1, text(2, 'batch')), message(1, number(1, side))]
  return message(field, text(1, name), message(2, message(1, number(1, FLOAT), message(2, ...sizes))))
}

const node = (operator, inputs, output) =>
  message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(3, output), text(4, operator))

/** @returns the start of an initializer of `side` rows and columns; its raw data follow it in the file */
function weightHead(name, side) {
  const bytes = 4 * side * side
  const start = Buffer.concat([number(1, side), number(1, side), number(2, FLOAT), text(8, name), head(9, bytes)])
  return Buffer.concat([head(5, start.length + bytes), start])
}

/**
 * @param path - file to write
 * @param megabytes - 10^6 bytes of weights, rounded up a little
 * @param hole - leaves the weights out of the disk: they read as zeros
 * @returns layers and parameters of the model
 */
export function makeBigOnnx(path, megabytes, hole = false) {
  const side = Math.ceil(Math.sqrt((megabytes * 1e6) / LAYERS / 4))
  const weightBytes = 4 * side * side
  const indices = Array.from({ length: LAYERS }, (_, index) => index)
  const before = Buffer.concat([
    ...indices.flatMap((i) => [node('MatMul', [`x${i}`, `w${i}`], `m${i}`), node('Relu', [`m${i}`], `x${i + 1}`)]),
    text(2, 'chain'),
  ])
  const after = Buffer.concat([valueInfo(11, 'x0', side), valueInfo(12, `x${LAYERS}`, side)])
  const heads = indices.map((index) => weightHead(`w${index}`, side))
  const length = heads.reduce((sum, start) => sum + start.length + weightBytes, before.length + after.length)
  const file = openSync(path, 'w')
  let at = 0
  const write = (bytes) => {
    writeSync(file, bytes, 0, bytes.length, at)
    at += bytes.length
  }
  write(Buffer.concat([number(1, 8), text(2, 'make-big-onnx'), head(7, length), before]))
  const weight = hole ? undefined : randomFillSync(Buffer.alloc(weightBytes))
  for (const start of heads) {
    write(start)
    if (weight === undefined) at += weightBytes
    else write(weight)
  }
  write(after)
  write(message(8, text(1, ''), number(2, 17)))
  ftruncateSync(file, at)
  closeSync(file)
  return { layers: LAYERS, parameters: LAYERS * side * side }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [path, megabytes = '600', hole] = process.argv.slice(2)
  if (path === undefined) throw new Error('usage: node perf/make-big-onnx.mjs FILE [MEGABYTES] [hole]')
  console.log(makeBigOnnx(path, Number(megabytes), hole === 'hole'))
}
