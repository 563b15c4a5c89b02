/**
 * The program of a `.pt2` file: calls of operators in the order in which they run.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/_export/serde/schema.py
 */
import { UnsupportedError } from '../../../src/core/errors.js'
import {
  brokenExport,
  type JsonObject,
  listOf,
  objectOf,
  refuseCrowded,
  textOf,
  type Union,
  unionOf,
  wholeOf,
  withWideNumbers,
} from './exported-json.js'

/** A whole program. */
export interface ExportedProgram {
  readonly torchVersion: string
  readonly graph: ExportedGraph
  /** One of each input of the graph: weights, constants, and what the caller gives. */
  readonly inputs: readonly Union[]
  /** What is returned, and what a run would change. */
  readonly outputs: readonly Union[]
  /** How the returned tensors lie in tuples and dicts, as JSON; empty where the file does not say. */
  readonly outputTree: string
  /** By name of a free size. */
  readonly ranges: JsonObject
}

/** Calls with the values that they read and make, by name. */
export interface ExportedGraph {
  readonly inputs: readonly Union[]
  readonly outputs: readonly Union[]
  readonly nodes: readonly ExportedNode[]
  /** Types and sizes of tensors. */
  readonly tensors: JsonObject
  /** Sizes and numbers that are computed: expressions by name. */
  readonly numbers: JsonObject
}

/** One call. */
export interface ExportedNode {
  /** E.g. `torch.ops.aten.conv2d.default`. */
  readonly target: string
  readonly inputs: readonly ExportedArgument[]
  readonly outputs: readonly Union[]
  /** Path of the module that it belongs to, e.g. `layer1.0.conv1`. */
  readonly modulePath: string
}

/** An argument by the name that the operator's schema has for it. */
export interface ExportedArgument {
  readonly name: string
  readonly value: Union
  readonly isPositional: boolean
}

const KNOWN_SCHEMA = 8
const MOST_NODES = 500_000
/** Graphs inside graphs. */
const DEEPEST = 20
const KEYWORD = 2

/**
 * @throws {FormatError} `E_TORCH_EXPORT`
 * @throws {UnsupportedError} `E_TORCH_EXPORT_VERSION` for a schema that is not known
 */
export function readProgram(text: string, path: string): ExportedProgram {
  const program = objectOf(parsed(text), 'the program')
  const { major } = objectOf(program.schema_version, 'schema_version')
  if (major !== KNOWN_SCHEMA) {
    throw new UnsupportedError(
      'E_TORCH_EXPORT_VERSION',
      `${path} has a program of schema ${String(major)}, known is ${KNOWN_SCHEMA}`,
      { hint: 'export the model with PyTorch 2.13, or as ONNX: torch.onnx.export(model, example_input, "model.onnx")' },
    )
  }
  const module = objectOf(program.graph_module, 'graph_module')
  const signature = objectOf(module.signature, 'signature')
  return {
    torchVersion: typeof program.torch_version === 'string' ? program.torch_version.slice(0, 40) : '',
    graph: readExportedGraph(module.graph),
    inputs: unions(signature.input_specs, 'input_specs'),
    outputs: unions(signature.output_specs, 'output_specs'),
    outputTree: outputTreeOf(module.module_call_graph),
    ranges: objectOf(program.range_constraints ?? {}, 'range_constraints'),
  }
}

/** @param depth - of the graph inside others */
export function readExportedGraph(value: unknown, depth = 0): ExportedGraph {
  if (depth > DEEPEST) throw brokenExport(`more than ${DEEPEST} graphs lie inside each other`)
  const graph = objectOf(value, 'a graph')
  const nodes = listOf(graph.nodes, 'nodes')
  if (nodes.length > MOST_NODES) throw brokenExport(`it has ${nodes.length} calls`)
  return {
    inputs: unions(graph.inputs, 'inputs'),
    outputs: unions(graph.outputs, 'outputs'),
    nodes: nodes.map(nodeOf),
    tensors: objectOf(graph.tensor_values ?? {}, 'tensor_values'),
    numbers: {
      ...objectOf(graph.sym_int_values ?? {}, 'sym_int_values'),
      ...objectOf(graph.sym_float_values ?? {}, 'sym_float_values'),
      ...objectOf(graph.sym_bool_values ?? {}, 'sym_bool_values'),
    },
  }
}

function parsed(text: string): unknown {
  refuseCrowded(text)
  try {
    return JSON.parse(withWideNumbers(text))
  } catch {
    throw brokenExport('it is no JSON')
  }
}

const unions = (value: unknown, what: string): Union[] => listOf(value, what).map((entry) => unionOf(entry, what))

function nodeOf(value: unknown): ExportedNode {
  const node = objectOf(value, 'a call')
  const target = textOf(node.target, 'target')
  return {
    target,
    inputs: listOf(node.inputs, `the inputs of ${target}`).map(argumentOf),
    outputs: unions(node.outputs, `the outputs of ${target}`),
    modulePath: modulePathOf(objectOf(node.metadata ?? {}, 'metadata').nn_module_stack),
  }
}

function argumentOf(value: unknown): ExportedArgument {
  const { name, arg, kind } = objectOf(value, 'an argument')
  const isPositional = kind === undefined || kind === null || wholeOf(kind, 'kind') !== KEYWORD
  return { name: textOf(name, 'name'), value: unionOf(arg, 'an argument'), isPositional }
}

/** `key,path,class` of each module around the call, between semicolons, the innermost last. */
function modulePathOf(stack: unknown): string {
  const last = typeof stack === 'string' ? stack.split(';').at(-1) : undefined
  const [, path = ''] = last?.split(',') ?? []
  return /^[\w.]{1,200}$/.test(path) && !path.startsWith('_empty') ? path : ''
}

/** Of the whole module, which comes first. */
function outputTreeOf(calls: unknown): string {
  const [whole] = Array.isArray(calls) ? calls : []
  const signature: unknown = (whole as { signature?: unknown } | null | undefined)?.signature
  const tree: unknown = (signature as { out_spec?: unknown } | null | undefined)?.out_spec
  return typeof tree === 'string' ? tree : ''
}
