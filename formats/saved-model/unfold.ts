/** Follows a SavedModel from its outputs back to its inputs: functions are unfolded, branches that are never taken left out. */
import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { Flow } from './flow.js'
import { handedOn } from './handed-on.js'
import type { Functions, Operation } from './operation.js'
import { DEAD, type Outcome, Outcomes } from './outcomes.js'
import type { FunctionProto, NodeProto } from './saved-model-schema.js'
import { attributesOf, GraphScope, type Reference, splitInputs } from './scope.js'
import { broken, cycle, undecided } from './unfold-errors.js'

/** Converts one node whose inputs are there. */
export type ConvertNode = (operation: Operation, node: NodeProto, scope: GraphScope) => readonly Flow[]

const CALLS = new Set(['PartitionedCall', 'StatefulPartitionedCall'])
const BRANCHES = new Set(['If', 'StatelessIf'])
/** Nodes that are converted, each call of a function anew; real models stay far below. */
const MAX_NODES = 200_000

/** One node that waits for others. */
interface Task {
  readonly scope: GraphScope
  readonly node: NodeProto
  waitsFor: readonly Reference[]
  next: number
  stage: 'inputs' | 'body'
  /** An If whose condition only the run tells: it is converted with both branches. */
  isOpen?: boolean
}

/** Walks without recursion: graphs may be thousands of nodes deep. */
export class Unfolder {
  readonly #functions: ReadonlyMap<string, FunctionProto>
  readonly #convert: ConvertNode
  readonly #outcomes = new Outcomes()
  readonly #waiting = new Map<GraphScope, Set<string>>()
  #count = 0
  #occasions = 0

  constructor(functions: readonly FunctionProto[], convert: ConvertNode) {
    this.#functions = new Map(functions.map((entry) => [entry.signature?.name ?? '', entry]))
    this.#convert = convert
  }

  /** Gives one output of a node a value from outside: the inputs of the signature. */
  feed(scope: GraphScope, name: string, value: Flow): void {
    this.#outcomes.feed(scope.resolve(name, this.#functions), value)
  }

  /** @returns the tensor of that name */
  value(scope: GraphScope, name: string): Flow {
    const reference = scope.resolve(name, this.#functions)
    this.#run(reference)
    const outcome = this.#outcomes.get(reference)
    if (outcome !== undefined && outcome !== DEAD) return outcome
    throw new FormatError('E_TF_OUTPUT', `output ${quoted(name)} is never computed`, {
      hint: 'choose another --signature',
    })
  }

  #run(goal: Reference): void {
    const stack: Task[] = []
    this.#start(stack, goal)
    for (let task = stack.at(-1); task !== undefined; task = stack.at(-1)) {
      const awaited = task.waitsFor[task.next]
      if (awaited !== undefined) {
        task.next += 1
        this.#start(stack, awaited)
        continue
      }
      if (task.stage === 'inputs') {
        task.stage = 'body'
        task.waitsFor = this.#bodyOf(task)
        task.next = 0
        if (task.waitsFor.length > 0) continue
      }
      this.#outcomes.keep(task.scope, task.node.name ?? '', this.#finish(task))
      this.#waiting.get(task.scope)?.delete(task.node.name ?? '')
      stack.pop()
    }
  }

  #start(stack: Task[], reference: Reference): void {
    const { scope, node: name } = reference
    if (this.#outcomes.get(reference) !== undefined) return
    const node = scope.nodes.get(name)
    if (node === undefined)
      throw broken('E_TF_INPUT', `there is no node ${quoted(scope.path + name)}, which another one reads`)
    const waiting = this.#waiting.get(scope) ?? new Set()
    this.#waiting.set(scope, waiting)
    if (waiting.has(name)) throw cycle(scope.path + name)
    waiting.add(name)
    this.#count += 1
    if (this.#count > MAX_NODES) throw broken('E_TF_TOO_LARGE', `the model unfolds to more than ${MAX_NODES} nodes`)
    stack.push({ scope, node, waitsFor: this.#inputsOf(scope, node), next: 0, stage: 'inputs' })
  }

  /** Calls wait for what their function reads, and only for that. */
  #inputsOf(scope: GraphScope, node: NodeProto): readonly Reference[] {
    const { data } = splitInputs(node)
    const { operator = '' } = node
    if (this.#calledBody(node) !== undefined) return []
    if (BRANCHES.has(operator)) return data.slice(0, 1).map((input) => scope.resolve(input, this.#functions))
    return [...data.map((input) => scope.resolve(input, this.#functions)), ...this.#pivots(scope, node)]
  }

  /** Inputs in time that lie behind a Switch: where they are dead, so is the node. */
  #pivots(scope: GraphScope, node: NodeProto): readonly Reference[] {
    return splitInputs(node).control.flatMap((input) => {
      const pivot = scope.nodes.get(input)
      const behind =
        pivot?.operator === 'Identity' ? scope.nodes.get((pivot.inputs[0] ?? '').split(':')[0] ?? '') : pivot
      return behind?.operator === 'Switch' ? [scope.resolve(input, this.#functions)] : []
    })
  }

  /** Once the inputs are there: what the function or the branch taken gives. */
  #bodyOf(task: Task): readonly Reference[] {
    const { scope, node } = task
    const called = this.#calledBody(node)
    const isBranch = called === undefined && BRANCHES.has(node.operator ?? '')
    task.isOpen = isBranch && this.#condition(scope, node) === undefined
    const body = called ?? (isBranch && !task.isOpen ? this.#branchTaken(scope, node) : undefined)
    if (body === undefined && !task.isOpen) return []
    const { data } = splitInputs(node)
    const given = (BRANCHES.has(node.operator ?? '') ? data.slice(1) : data).map((input) =>
      scope.resolve(input, this.#functions),
    )
    if (body === undefined) return given
    const inner = scope.call(node.name ?? '', body, given)
    return this.#resultsOfFunction(inner, body)
  }

  #resultsOfFunction(inner: GraphScope, body: FunctionProto): readonly Reference[] {
    const results = new Map(body.results.map(({ key = '', value = '' }) => [key, value]))
    return (body.signature?.outputs ?? []).map(({ name = '' }) =>
      inner.resolve(results.get(name) ?? '', this.#functions),
    )
  }

  #calledBody(node: NodeProto): FunctionProto | undefined {
    const { operator = '' } = node
    if (!CALLS.has(operator)) return this.#functions.get(operator)
    return this.#function(attributesOf(node).functionName('f') ?? '', node)
  }

  #branchTaken(scope: GraphScope, node: NodeProto): FunctionProto {
    const branch = this.#condition(scope, node) === 0 ? 'else_branch' : 'then_branch'
    return this.#function(attributesOf(node).functionName(branch) ?? '', node)
  }

  /** @returns `undefined` where only the run tells */
  #condition(scope: GraphScope, node: NodeProto): number | undefined {
    const [condition = ''] = splitInputs(node).data
    const outcome = this.#outcomes.get(scope.resolve(condition, this.#functions))
    return outcome === DEAD ? undefined : outcome?.numbers?.[0]
  }

  /** What loops and branches need: functions that are converted where the node stands. */
  #functionsFor(scope: GraphScope, node: NodeProto): Functions {
    return {
      call: (name, inputs) => this.#call(scope, node, this.#function(name, node), inputs),
      handedOn: (name) => handedOn(this.#function(name, node)),
    }
  }

  #call(scope: GraphScope, node: NodeProto, body: FunctionProto, inputs: readonly Flow[]): readonly Flow[] {
    const outside = GraphScope.main([])
    const given = inputs.map((flow, index) => {
      this.#outcomes.keep(outside, String(index), [flow])
      return { scope: outside, node: String(index), output: 0 }
    })
    this.#occasions += 1
    const inner = scope.call(node.name ?? '', body, given, String(this.#occasions))
    return this.#resultsOfFunction(inner, body).map((reference) => {
      this.#run(reference)
      const outcome = this.#outcomes.get(reference)
      if (outcome !== undefined && outcome !== DEAD) return outcome
      throw broken('E_TF_OUTPUT', `function ${quoted(body.signature?.name ?? '')} never computes one of its results`)
    })
  }

  #function(name: string, node: NodeProto): FunctionProto {
    const found = this.#functions.get(name)
    if (found !== undefined) return found
    throw broken(
      'E_TF_FUNCTION',
      `${node.operator} ${quoted(node.name ?? '')} calls the function ${quoted(name)}, which is not there`,
    )
  }

  #finish(task: Task): readonly Outcome[] {
    const { scope, node, waitsFor, isOpen = false } = task
    if (waitsFor.length > 0 && task.stage === 'body' && !isOpen)
      return waitsFor.map((reference) => this.#outcomes.get(reference) ?? DEAD)
    const inputs = splitInputs(node).data.map(
      (input) => this.#outcomes.get(scope.resolve(input, this.#functions)) ?? DEAD,
    )
    if (this.#calledBody(node) !== undefined || (BRANCHES.has(node.operator ?? '') && !isOpen)) return []
    if (node.operator === 'Switch' || node.operator === 'RefSwitch') return switched(node, scope, inputs)
    const isCutOff = this.#pivots(scope, node).some((reference) => this.#outcomes.get(reference) === DEAD)
    if (node.operator === 'Merge' || node.operator === 'RefMerge')
      return inputs.filter((input) => input !== DEAD).slice(0, 1)
    const alive = inputs.filter((input) => input !== DEAD)
    if (isCutOff || alive.length < inputs.length) return []
    const operation = {
      operator: node.operator ?? '',
      name: scope.path + (node.name ?? ''),
      attributes: attributesOf(node),
      inputs: alive,
      functions: this.#functionsFor(scope, node),
    }
    return this.#convert(operation, node, scope)
  }
}

/** Data goes on where the condition says, which must be known before the run. */
function switched(node: NodeProto, scope: GraphScope, [data, condition]: readonly Outcome[]): readonly Outcome[] {
  if (data === undefined || data === DEAD || condition === undefined || condition === DEAD) return [DEAD, DEAD]
  const [value] = condition.numbers ?? []
  if (value === undefined) throw undecided(node, scope)
  return value === 0 ? [data, DEAD] : [DEAD, data]
}
