/**
 * A TorchScript archive to a model graph: its code is followed from `forward` with what is known before the run, and the
 * operators that it meets become nodes. What the file leaves open about its inputs shows on the way; then it is followed anew.
 */
import { UnsupportedError } from '../../../src/core/errors.js'
import type { Initializer, ModelGraph } from '../../../src/graph/graph.js'
import { prune } from '../../emission/prune.js'
import { OpenRank, OpenSize } from '../open-size.js'
import { ProgramWork } from '../program-work.js'
import type { ScriptArchive, ScriptOptions } from '../script-archive.js'
import { ScriptTensor, type ScriptValue } from '../script-value.js'
import { TorchEmitter } from '../torch-emitter.js'
import { weightsOf } from '../weights-of.js'
import { readsSamplesFirst } from './batch-names.js'
import { scriptValue } from './bound.js'
import { CodeLibrary } from './code-library.js'
import { Copier } from './copy-values.js'
import {
  argumentValue,
  type ForwardArgument,
  forwardArguments,
  inputNames,
  requireInputs,
} from './forward-arguments.js'
import { forwardsOf } from './forward-methods.js'
import { callHooked } from './hooks.js'
import { readsSequences } from './likely-shapes.js'
import { OpenInputs } from './open-inputs.js'
import { Program } from './program.js'
import { scriptOutputs } from './script-outputs.js'
import type { FunctionDefinition } from './syntax.js'
import { weightType } from './weight-type.js'

/** Each attempt settles a rank or a size at least; no model has so many. */
const MOST_ATTEMPTS = 40

/** What every attempt starts from. */
interface Task {
  readonly archive: ScriptArchive
  readonly library: CodeLibrary
  readonly forward: FunctionDefinition
  readonly passed: readonly ForwardArgument[]
  readonly inputs: OpenInputs
  readonly work: ProgramWork
}

/**
 * @throws {FormatError} `E_TORCH_CODE` where the code is broken
 * @throws {UnsupportedError} `E_TORCH_...` where it cannot be followed, or uses an operator without a rule
 * @throws {UsageError} `E_INPUT_SHAPE` for shapes of inputs that are not there
 */
export function convertTorchScript(archive: ScriptArchive, options: ScriptOptions = {}): ModelGraph {
  const [library, work] = [new CodeLibrary(archive.code), new ProgramWork()]
  let refusal: UnsupportedError | undefined
  for (const forward of forwardsOf(archive, library)) {
    try {
      return convertFrom(forward, archive, { library, work }, options)
    } catch (cause) {
      if (!(cause instanceof UnsupportedError)) throw cause
      refusal ??= cause
    }
  }
  throw refusal
}

function convertFrom(
  forward: FunctionDefinition,
  archive: ScriptArchive,
  shared: Pick<Task, 'library' | 'work'>,
  options: ScriptOptions,
): ModelGraph {
  const shapes = options.inputShapes ?? new Map()
  const examples = archive.exampleInputs.get('forward') ?? []
  const passed = forwardArguments(forward, new Set(shapes.keys()), examples.length)
  const names = inputNames(passed)
  requireInputs(names, archive.path)
  const known = names.length === examples.length ? examples : []
  const habits = {
    hasSequences: readsSequences(archive.code),
    isSamplesFirst: readsSamplesFirst(archive.code),
    dtype: weightType(archive.root),
  }
  const inputs = new OpenInputs(names, known, shapes, habits)
  const task = { ...shared, archive, forward, passed, inputs }
  let refusal: UnsupportedError | undefined
  for (let attempt = 1; ; attempt += 1) {
    try {
      return follow(task)
    } catch (cause) {
      const found = refused(cause, inputs)
      // What the model says of a wrong guess tells less than what hinders the next one.
      if (refusal?.code === 'E_TORCH_RAISED') refusal = found ?? refusal
      if (attempt === MOST_ATTEMPTS) throw refusal ?? found ?? inputs.tooOpen('the code asks for ever more')
      if (found !== undefined && !inputs.tryOtherShapes()) throw inputs.explained(refusal ?? found)
      refusal ??= found
    }
  }
}

/** Takes up what an attempt found out. @returns why the program cannot be followed with what is known of its inputs */
function refused(cause: unknown, inputs: OpenInputs): UnsupportedError | undefined {
  try {
    if (isTooLong(cause)) return inputs.tooOpen(cause.message)
    if (!(cause instanceof OpenRank || cause instanceof OpenSize)) throw cause
    inputs.refine(cause)
    return undefined
  } catch (error) {
    if (error instanceof UnsupportedError) return error
    throw error
  }
}

const isTooLong = (cause: unknown): cause is UnsupportedError =>
  cause instanceof UnsupportedError && cause.code === 'E_DIMENSION_TOO_LONG'

/** @param asStored - constants that a first walk met in several forms */
function follow(task: Task, asStored?: ReadonlySet<string>): ModelGraph {
  const { archive, library, forward, passed, inputs, work } = task
  work.startOver()
  const emitter = new TorchEmitter(archive.name, { asStored, work })
  const copier = new Copier()
  const root = copier.copy(archive.root)
  const constants = archive.constants.map((value) => copier.copy(value))
  const program = new Program({ root, constants }, library, emitter)
  const given = new Map<string, ScriptValue>()
  for (const { name, dtype, shape, isTyped } of inputs.plans) {
    const input = emitter.input(name, { kind: 'tensor', dtype, shape })
    if (!isTyped) emitter.undecidedTypes.note(input)
    given.set(name, new ScriptTensor(input))
  }
  const args = passed.map((argument) => argumentValue(argument, given))
  const returned = callHooked(root, forward, args, program)
  for (const { name, value } of scriptOutputs(scriptValue(returned, forward))) emitter.output(name, value)
  const inSeveralForms = emitter.inSeveralForms()
  if (asStored === undefined && inSeveralForms.size > 0) return follow(task, inSeveralForms)
  const graph = prune(emitter.build({ name: 'pytorch', version: '' }))
  if (copier.wasTraining) program.assume('the file was saved in training mode: it is read as after eval()')
  const assumptions = [...inputs.assumptions(), ...program.assumptions, ...emitter.assumptions]
  const isRead = (weight: Initializer) => emitter.namesOf(weight).some((name) => graph.main.initializers.has(name))
  const unreadWeights = weightsOf(archive.root).filter((weight) => !isRead(weight))
  return { ...graph, unreadWeights, ...(assumptions.length === 0 ? {} : { assumptions }) }
}
