/** Follows the calls of an exported program, whose operators become nodes. */
import { FormatError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { OperatorCall } from '../operator-call.js'
import { findOperator } from '../operators/table.js'
import { int, NONE, type ScriptValue } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { argumentValue, outputName } from './exported-arguments.js'
import { brokenExport, objectOf, textOf, type Union, unionOf } from './exported-json.js'
import { type ExportedGraph, type ExportedNode, readExportedGraph } from './exported-program.js'
import type { FreeSizes } from './free-sizes.js'

/** Checks that a run makes, and what only the exporter needed. */
const WITHOUT_EFFECT = /^torch\.ops\.aten\.(_assert_\w+|sym_constrain_range\w*)\.|^torch\._check/
/** Reads a tensor of one element as a number. */
const NUMBER_OF = /^torch\.ops\.aten\.(item|_local_scalar_dense)\./
/** Runs a graph as it stands: without gradients is how a model runs anyway. */
const INLINED = 'torch.ops.higher_order.wrap_with_set_grad_enabled'
const ATEN = /^torch\.ops\.aten\.(\w+)\.(\w+)$/
const HINT = 'export it as ONNX: torch.onnx.export(model, example_input, "model.onnx")'

/** Values of one program by name. */
export class ExportedCalls {
  readonly #path: string
  readonly #emitter: TorchEmitter
  readonly #sizes: FreeSizes
  #values = new Map<string, ScriptValue>()
  readonly #refused = new Map<string, UnsupportedError>()

  constructor(path: string, emitter: TorchEmitter, sizes: FreeSizes) {
    this.#path = path
    this.#emitter = emitter
    this.#sizes = sizes
  }

  define(name: string, value: ScriptValue): void {
    this.#values.set(name, value)
  }

  /** Whoever reads the value gets that error. */
  refuse(name: string, error: UnsupportedError): void {
    this.#refused.set(name, error)
  }

  /**
   * @throws {FormatError} `E_TORCH_EXPORT` for a name that nothing has defined
   * @throws {UnsupportedError} `E_TORCH_OPERATOR` for a kind of argument that is not supported
   */
  argument(value: unknown): ScriptValue {
    return this.#value(unionOf(value, 'an argument'))
  }

  /** Writes what the calls do. */
  run(graph: ExportedGraph, depth = 0): void {
    for (const node of graph.nodes) this.#follow(node, graph, depth)
  }

  #follow(node: ExportedNode, graph: ExportedGraph, depth: number): void {
    const { target, outputs } = node
    if (WITHOUT_EFFECT.test(target)) return
    if (NUMBER_OF.test(target)) this.#readNumber(node, graph)
    else if (outputs.length > 0 && outputs.every(({ kind }) => /^as_sym_(int|float|bool)$/.test(kind)))
      this.#computeSizes(node, graph)
    else if (target === INLINED) this.#inline(node, depth)
    else this.#bind(node, this.#call(node))
  }

  /** Sizes are expressions of free names, whatever computes them. */
  #computeSizes({ outputs, target }: ExportedNode, graph: ExportedGraph): void {
    for (const output of outputs) {
      const name = outputName(output)
      if (name === undefined) continue
      const size = output.kind === 'as_sym_int' ? this.#sizes.read(graph.numbers[name]) : undefined
      if (size === undefined)
        this.refuse(name, this.#unsupported(`the number that ${quoted(target)} computes is not followed`))
      else this.define(name, int(size))
    }
  }

  /** The number becomes a free name; one with a fraction stays the tensor that it is. */
  #readNumber(node: ExportedNode, graph: ExportedGraph): void {
    const [output] = node.outputs
    const [first] = node.inputs
    const name = output === undefined ? undefined : outputName(output)
    const tensor = first === undefined ? undefined : this.#value(first.value)
    if (name === undefined || tensor?.kind !== 'tensor') throw brokenExport('a number is read from no tensor')
    const size = output?.kind === 'as_sym_int' ? this.#sizes.read(graph.numbers[name]) : undefined
    if (size === undefined) this.define(name, tensor)
    else {
      this.#emitter.bind(size, tensor.value)
      this.define(name, int(size))
    }
  }

  /** A condition, a graph, and the graph's inputs. */
  #inline(node: ExportedNode, depth: number): void {
    const at = node.inputs.findIndex(({ value }) => value.kind === 'as_graph')
    const inner = readExportedGraph(objectOf(node.inputs[at]?.value.value, 'a graph').graph, depth + 1)
    const given = node.inputs.slice(at + 1).map(({ value }) => this.#value(value))
    const outer = this.#values
    this.#values = new Map(outer)
    for (const [index, input] of inner.inputs.entries()) this.define(outputName(input) ?? '', given[index] ?? NONE)
    this.run(inner, depth + 1)
    const items = inner.outputs.map((output) => this.#value(output))
    this.#values = outer
    const [only] = items
    this.#bind(node, items.length === 1 && only !== undefined ? only : { kind: 'tuple', items })
  }

  #call(node: ExportedNode): ScriptValue {
    const { target, inputs, modulePath } = node
    const [, name = '', overload = ''] = ATEN.exec(target) ?? []
    const rule = name === '' ? undefined : findOperator(name)
    if (rule === undefined) {
      throw this.#placed(this.#unsupported(`no rule converts the operator ${quoted(target)}`), modulePath)
    }
    const args = inputs.filter(({ isPositional }) => isPositional).map(({ value }) => this.#value(value))
    const others = inputs.filter(({ isPositional }) => !isPositional)
    const named = new Map(others.map((input) => [input.name, this.#value(input.value)]))
    this.#emitter.current = modulePath === '' ? name : modulePath
    try {
      return rule(new OperatorCall(name, args, named, overload === 'default' ? '' : overload), this.#emitter)
    } catch (cause) {
      throw this.#placed(cause, modulePath)
    }
  }

  #bind({ outputs, target }: ExportedNode, value: ScriptValue): void {
    const [only] = outputs
    const isList = only?.kind === 'as_tensors' || only?.kind === 'as_optional_tensors'
    const names = isList ? listedNames(only) : outputs.map(outputName)
    const isWhole = !isList && outputs.length === 1
    const items = isWhole ? [value] : value.kind === 'tuple' || value.kind === 'list' ? value.items : [value]
    for (const [index, name] of names.entries()) {
      if (name === undefined) continue
      const item = items[index]
      if (item === undefined) throw brokenExport(`${quoted(target)} gives ${items.length} values, not ${names.length}`)
      this.define(name, item)
    }
  }

  #value(union: Union): ScriptValue {
    const value = argumentValue(union, (name) => this.#find(name))
    if (value !== undefined) return value
    throw this.#unsupported(`an argument of the kind ${quoted(union.kind)} is not supported`)
  }

  #find(name: string): ScriptValue {
    const value = this.#values.get(name)
    if (value !== undefined) return value
    throw this.#refused.get(name) ?? brokenExport(`nothing defines ${quoted(name)}`)
  }

  #unsupported(what: string): UnsupportedError {
    return new UnsupportedError('E_TORCH_OPERATOR', `${this.#path}: ${what}`, { hint: HINT })
  }

  /** Errors of operators say where in the model they stand. */
  #placed(cause: unknown, modulePath: string): unknown {
    if (!(cause instanceof UnsupportedError || cause instanceof FormatError) || modulePath === '') return cause
    const Kind = cause instanceof FormatError ? FormatError : UnsupportedError
    return new Kind(cause.code, `${cause.message} (${modulePath})`, { hint: cause.hint, cause })
  }
}

function listedNames({ kind, value }: Union): (string | undefined)[] {
  if (!Array.isArray(value)) throw brokenExport('outputs are no list')
  return value.map((item: unknown) =>
    kind === 'as_tensors' ? textOf(objectOf(item, kind).name, 'name') : outputName(unionOf(item, kind)),
  )
}
