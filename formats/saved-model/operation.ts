/** One operation of TensorFlow with its inputs, as the rules of conversion see it. */
import { UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { Attributes } from './attributes.js'
import type { Flow } from './flow.js'
import type { FlowEmitter } from './flow-emitter.js'

/** A node whose inputs have been converted. */
export interface Operation {
  readonly operator: string
  /** With the names of the functions around it. */
  readonly name: string
  readonly attributes: Attributes
  readonly inputs: readonly Flow[]
  readonly functions: Functions
}

/** The functions of the file, as a node that calls some of them sees them. */
export interface Functions {
  /** Converts what a function gives for these inputs, each time anew. */
  call(name: string, inputs: readonly Flow[]): readonly Flow[]
  /** @returns for each output of a function the position of the input that it only hands on */
  handedOn(name: string): readonly (number | undefined)[]
}

/** Writes what an operation does. @returns its outputs */
export type Conversion = (operation: Operation, emitter: FlowEmitter) => Flow | readonly Flow[]

/** Conversions by operator. */
export type ConversionTable = Readonly<Record<string, Conversion>>

/** @throws {UnsupportedError} `E_TF_NODE` when the node has fewer inputs */
export function inputAt(operation: Operation, index: number): Flow {
  const flow = operation.inputs.at(index)
  if (flow !== undefined) return flow
  throw cannotConvert(operation, `input ${index} is missing`)
}

/** @returns contents of an input that must be known before the run: axes, shapes */
export function numbersAt(operation: Operation, index: number, what: string): readonly number[] {
  const numbers = inputAt(operation, index).numbers
  if (numbers !== undefined) return numbers
  throw cannotConvert(operation, `its ${what} is not known before the run`)
}

/** @returns number of dimensions of an input, which must be known */
export function rankAt(operation: Operation, index: number): number {
  const { rank } = inputAt(operation, index)
  if (rank !== undefined) return rank
  throw cannotConvert(operation, 'the rank of its input is not known before the run')
}

/** @returns the error for a node that cannot be put into ONNX words */
export function cannotConvert({ operator, name }: Operation, reason: string): UnsupportedError {
  return new UnsupportedError('E_TF_NODE', `${operator} ${quoted(name)} cannot be converted: ${reason}`, {
    hint: 'save the model with fixed shapes, choose another --signature, or convert it: python -m tf2onnx.convert',
  })
}
