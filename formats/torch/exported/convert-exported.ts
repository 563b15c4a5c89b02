/** A program of torch.export to a model graph: its calls become nodes, one after the other. */
import { UnsupportedError } from '../../../src/core/errors.js'
import type { Initializer, ModelGraph } from '../../../src/graph/graph.js'
import { prune } from '../../emission/prune.js'
import { OpenRank, OpenSize } from '../open-size.js'
import { ProgramWork } from '../program-work.js'
import { scriptOutputs } from '../script/script-outputs.js'
import { solveSize } from '../script/solve-size.js'
import type { ScriptOptions } from '../script-archive.js'
import { TorchEmitter } from '../torch-emitter.js'
import { ExportedCalls } from './exported-calls.js'
import { bindInputs } from './exported-inputs.js'
import { objectOf } from './exported-json.js'
import type { ExportedProgram } from './exported-program.js'
import type { ExportedTensors } from './exported-weights.js'
import { FreeSizes } from './free-sizes.js'
import { returnedValue } from './output-tree.js'

/** What a `.pt2` file holds. */
export interface ExportedFile {
  readonly path: string
  readonly name: string
  readonly program: ExportedProgram
  readonly tensors: ExportedTensors
}

/** Each attempt settles a size at least. */
const MOST_ATTEMPTS = 40
const HINT = 'export it as ONNX: torch.onnx.export(model, example_input, "model.onnx")'

/**
 * @throws {FormatError} `E_TORCH_EXPORT` where the program is damaged
 * @throws {UnsupportedError} `E_TORCH_...` for an operator without a rule, and for what a rule cannot put into ONNX words
 */
export function convertExported(file: ExportedFile, { inputShapes }: ScriptOptions = {}): ModelGraph {
  const [sizes, work] = [new FreeSizes(file.program), new ProgramWork()]
  for (let attempt = 1; ; attempt += 1) {
    try {
      return follow(file, sizes, work)
    } catch (cause) {
      if (cause instanceof OpenRank) throw unsettled(file, `the rank of a value is not known (${cause.message})`)
      if (!(cause instanceof OpenSize)) throw cause
      const solution = sizes.stated(cause.size, inputShapes) ?? solved(cause)
      if (solution === undefined || attempt === MOST_ATTEMPTS || !sizes.settle(solution))
        throw unsettled(file, 'a size must be a number before the run')
    }
  }
}

function solved({ size, expected }: OpenSize): ReadonlyMap<string, number> | undefined {
  return expected === undefined ? undefined : solveSize(size, expected)
}

/** @param asStored - constants that a first walk met in several forms */
function follow(file: ExportedFile, sizes: FreeSizes, work: ProgramWork, asStored?: ReadonlySet<string>): ModelGraph {
  const { program, name, tensors } = file
  work.startOver()
  const emitter = new TorchEmitter(name, { asStored, work })
  const calls = new ExportedCalls(file.path, emitter, sizes)
  bindInputs(file, calls, emitter, sizes)
  calls.run(program.graph)
  const returned = program.outputs.flatMap((spec) =>
    spec.kind === 'user_output' ? [calls.argument(objectOf(spec.value, 'an output').arg)] : [],
  )
  for (const output of scriptOutputs(returnedValue(program.outputTree, returned)))
    emitter.output(output.name, output.value)
  const inSeveralForms = emitter.inSeveralForms()
  if (asStored === undefined && inSeveralForms.size > 0) return follow(file, sizes, work, inSeveralForms)
  const graph = prune(emitter.build({ name: 'pytorch', version: program.torchVersion }))
  const isRead = (weight: Initializer) => emitter.namesOf(weight).some((name) => graph.main.initializers.has(name))
  const unreadWeights = [...new Set(tensors.byName.values())].filter((weight) => !isRead(weight))
  const assumptions = [...sizes.assumptions(), ...emitter.assumptions]
  return { ...graph, unreadWeights, ...(assumptions.length === 0 ? {} : { assumptions }) }
}

function unsettled({ path }: ExportedFile, what: string): UnsupportedError {
  return new UnsupportedError('E_TORCH_SIZES', `${path}: ${what}`, {
    hint: `give the input's shape, e.g. --input 1x3x224x224, or ${HINT}`,
  })
}
