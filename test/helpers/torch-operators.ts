/** Calls of operators of PyTorch that `make-torch-operators.py` recorded, made again by our rules and run by onnxruntime. */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { OperatorCall } from '../../formats/torch/operator-call.js'
import { findOperator } from '../../formats/torch/operators/table.js'
import * as script from '../../formats/torch/script-value.js'
import { TorchEmitter } from '../../formats/torch/torch-emitter.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import { evaluate, type Shape, symbol } from '../../src/graph/dimension.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { modelOf } from './engine-comparison.js'
import { elementsOf, type RecordedTensor, wrongElements } from './recorded-tensor.js'

/** An argument or a result, see `torch_recorder.py`. */
type Recorded =
  | null
  | boolean
  | number
  | string
  | readonly Recorded[]
  | { readonly float: string }
  | { readonly int: number }
  | { readonly tuple: readonly Recorded[] }
  | RecordedTensor

/** One call. */
export interface RecordedCall {
  readonly operator: string
  /** Which operator of that name it is, and how that one calls the arguments by position. */
  readonly overload: string
  readonly names: readonly string[]
  readonly args: readonly Recorded[]
  readonly named: Readonly<Record<string, Recorded>>
  readonly refused?: true
  /** Of several results only the first counts. */
  readonly first?: true
  /** Which tensor has which axis left free in a second run. */
  readonly free: readonly [number, number] | null
  readonly tolerance: number
  readonly result: Recorded
}

/** Name of a family, and its calls by operator. */
type RecordedFamily = readonly [string, readonly (readonly [string, readonly RecordedCall[]])[]]

const FOLDER = new URL('../golden/torch-operators/', import.meta.url)

/** @returns the calls of each family, by operator */
export function recordedFamilies(): readonly RecordedFamily[] {
  return readdirSync(FOLDER).map((file) => {
    const calls: readonly RecordedCall[] = JSON.parse(gunzipSync(readFileSync(new URL(file, FOLDER))).toString('utf8'))
    const names = [...new Set(calls.map(({ operator }) => operator))]
    const ofName = (name: string) => calls.filter(({ operator }) => operator === name)
    return [file.replace('.json.gz', ''), names.map((name) => [name, ofName(name)] as const)] as const
  })
}

/** @returns what is wrong with what our rule makes of the call; `undefined` where it gives what PyTorch gave */
export async function wrongWith(recorded: RecordedCall): Promise<string | undefined> {
  const call = new CallInOurWords(recorded, 'as TorchScript calls it')
  if (recorded.refused === true) return call.whyRefused() === undefined ? 'is not refused' : undefined
  const inScript = await call.difference()
  if (inScript !== undefined) return inScript
  const exported = await new CallInOurWords(recorded, 'as torch.export calls it').difference()
  return exported === undefined ? undefined : `with arguments by name and a free size: ${exported}`
}

/** Arguments by position and fixed sizes; or arguments by name, the overload, and a size that is free. */
type Form = 'as TorchScript calls it' | 'as torch.export calls it'

/** The graph of one call. */
class CallInOurWords {
  readonly #emitter = new TorchEmitter('call')
  readonly #feeds = new Map<string, Tensor>()
  readonly #recorded: RecordedCall
  readonly #isExported: boolean
  /** The size that stays free. */
  #size = 0
  #count = 0

  constructor(recorded: RecordedCall, form: Form) {
    this.#recorded = recorded
    this.#isExported = form === 'as torch.export calls it'
  }

  /** @returns the message of the refusal */
  whyRefused(): string | undefined {
    try {
      this.#result()
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async difference(): Promise<string | undefined> {
    const result = this.#result()
    const wanted = flat(this.#recorded.result)
    const found = flatValues(result).slice(0, this.#recorded.first === true ? 1 : undefined)
    if (found.length !== wanted.length) return `gives ${found.length} values, expected ${wanted.length}`
    const wrong = wanted.map((value, index) => this.#wrongStatically(found[index], value))
    const first = wrong.find((text) => text !== undefined)
    return first ?? (await this.#wrongInRun(wanted.filter(isTensor)))
  }

  #result(): script.ScriptValue {
    const { operator, args, named } = this.#recorded
    const values = args.map((arg) => this.#value(arg))
    const keywords = Object.entries(named).map(([key, value]) => [key, this.#value(value)] as const)
    const rule = findOperator(operator)
    if (rule === undefined) throw new Error(`no rule for ${operator}`)
    const result = rule(this.#call(values, keywords), this.#emitter)
    const isInPlace = operator.endsWith('_') && !operator.endsWith('__')
    return isInPlace && values[0] !== undefined ? values[0] : result
  }

  #call(
    values: readonly script.ScriptValue[],
    keywords: readonly (readonly [string, script.ScriptValue])[],
  ): OperatorCall {
    const { operator, overload, names } = this.#recorded
    if (!this.#isExported) return new OperatorCall(operator, values, new Map(keywords))
    const byPosition = values.map((value, index) => [names[index] ?? '', value] as const)
    return new OperatorCall(operator, [], new Map([...byPosition, ...keywords]), overload)
  }

  #value(recorded: Recorded): script.ScriptValue {
    if (recorded === null) return script.NONE
    if (typeof recorded === 'boolean') return script.bool(recorded)
    if (typeof recorded === 'number') return script.int(recorded)
    if (typeof recorded === 'string') return script.text(recorded)
    if (isList(recorded)) return script.list(recorded.map((item) => this.#value(item)))
    if ('float' in recorded) return script.float(pythonFloat(recorded.float))
    if ('int' in recorded) return script.int(recorded.int)
    if ('tuple' in recorded) return script.tuple(recorded.tuple.map((item) => this.#value(item)))
    return this.#tensor(recorded)
  }

  #tensor({ dtype, shape, data, constant }: RecordedTensor): script.ScriptTensor {
    const elements = elementsOf(dtype, data)
    const [place, name] = [this.#count, `x${this.#count}`]
    this.#count += 1
    if (constant === true) {
      return script.tensor(this.#emitter.constant(memoryInitializer(name, elements, shape, { dtype })))
    }
    this.#feeds.set(name, { dtype, shape, data: elements })
    const sizes = shape.map((size, axis) => this.#sizeOf(place, axis, size))
    return script.tensor(this.#emitter.input(name, { kind: 'tensor', dtype, shape: sizes }))
  }

  #sizeOf(place: number, axis: number, size: number): Shape[number] {
    const { free } = this.#recorded
    if (!this.#isExported || free?.[0] !== place || free[1] !== axis) return size
    this.#size = size
    return symbol('N')
  }

  /** What is told before the run: element type and shape of tensors, everything of other values. */
  #wrongStatically(found: script.ScriptValue | undefined, wanted: Recorded): string | undefined {
    if (!isTensor(wanted)) return plainText(found) === JSON.stringify(wanted) ? undefined : `gives ${plainText(found)}`
    if (found?.kind !== 'tensor') return `gives ${found?.kind}, expected a tensor`
    const { value } = found
    if (found.dtype !== wanted.dtype) return `has the type ${found.dtype}, expected ${wanted.dtype}`
    const known = new Map([['N', this.#size]])
    const sizes = found.shape?.map((size) => evaluate(size, known) ?? '?')
    const matches = sizes?.length === wanted.shape.length && sizes.every((size, axis) => same(size, wanted.shape[axis]))
    if (!matches) return `has the shape ${sizes?.join(' x ')}, expected ${wanted.shape.join(' x ')}`
    this.#emitter.output(`y${value.name}`, value)
    return undefined
  }

  async #wrongInRun(wanted: readonly RecordedTensor[]): Promise<string | undefined> {
    if (wanted.length === 0) return undefined
    const graph = this.#emitter.build({ name: 'torch', version: '' })
    const session = await onnxRuntimeEngine().load(modelOf(graph), { threads: 1 })
    try {
      const run = session.bind(this.#feeds)
      await run.run()
      const outputs = [...run.outputs().values()]
      const wrong = wanted.map((tensor, index) => wrongElements(outputs[index], tensor, this.#recorded.tolerance))
      return wrong.find((text) => text !== undefined)
    } finally {
      await session.close()
    }
  }
}

/** A size that only the run tells is compared there. */
const same = (found: number | string, wanted: number | undefined): boolean => found === '?' || found === wanted

const isList = (value: Recorded): value is readonly Recorded[] => Array.isArray(value)

const isTensor = (value: Recorded): value is RecordedTensor =>
  typeof value === 'object' && value !== null && 'dtype' in value

function flat(value: Recorded): readonly Recorded[] {
  if (value === null || typeof value !== 'object') return [value]
  if (isList(value)) return value.flatMap(flat)
  return 'tuple' in value ? value.tuple.flatMap(flat) : [value]
}

function flatValues(value: script.ScriptValue): readonly script.ScriptValue[] {
  return value.kind === 'list' || value.kind === 'tuple' ? value.items.flatMap(flatValues) : [value]
}

function plainText(value: script.ScriptValue | undefined): string {
  if (value?.kind === 'float') return JSON.stringify({ float: String(value.value) })
  if (value?.kind === 'none') return 'null'
  return value !== undefined && 'value' in value ? JSON.stringify(value.value) : String(value?.kind)
}

/** Python writes `inf`, `-inf` and `nan`. */
const pythonFloat = (text: string): number => Number(text.replace('inf', 'Infinity'))
