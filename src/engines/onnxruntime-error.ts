/** Turns what onnxruntime says of a failure into one line in greenbench's words, with a way out. */
import {
  EngineError,
  type ErrorCode,
  FormatError,
  GreenbenchError,
  MeasurementError,
  UnsupportedError,
  UsageError,
} from '../core/errors.js'

/** What was being done when the engine failed. */
export type EngineStep = 'load' | 'run'

type ErrorClass = new (
  code: ErrorCode,
  message: string,
  options: { hint?: string | undefined; cause?: unknown },
) => GreenbenchError

interface Explanation {
  readonly pattern: RegExp
  readonly error: ErrorClass
  readonly code: ErrorCode
  /** Gets the groups of `pattern`; without it the engine's own words stand. */
  readonly say?: (groups: readonly string[]) => string
  readonly hint: string
}

/** The longest that a native message may grow; they can hold whole type lists. */
const LONGEST_MESSAGE = 400

/** First match wins. Patterns were taken from what onnxruntime 1.30 says of real and of broken files. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern:
      /OrtSessionOptionsAppendExecutionProvider_(\w+): (.*)|.*Failed to get a (\w+) adapter:? ?(.*)|(\w+)Context::Initialize/,
    error: EngineError,
    code: 'E_PROVIDER_MISSING',
    say: ([first, firstReason, second, secondReason, third]) => {
      const name = (first ?? second ?? third ?? '').toLowerCase()
      const reason = firstReason ?? secondReason ?? ''
      const detail = reason === '' ? '' : ` (${reason})`
      return `execution provider ${name} cannot start here: a library or device is absent${detail}`
    },
    hint: 'install the libraries and driver that the provider needs, or leave the execution provider at cpu',
  },
  {
    pattern: /External data path[^"]*"([^"]*)"|external data[^"]*"([^"]*)"|External initializer/i,
    error: FormatError,
    code: 'E_EXTERNAL_DATA',
    say: ([first, second]) => `its weights in ${first ?? second ?? 'another file'} cannot be read`,
    hint: 'put the data files of the model beside it, inside its own folder',
  },
  {
    pattern: /protobuf parsing failed|Model data pointer is null|does not have a graph/i,
    error: FormatError,
    code: 'E_ONNX_BROKEN',
    say: () => 'it is not a whole ONNX file',
    hint: 'export or download the file again; greenbench inspect says more of what is in it',
  },
  {
    pattern: /File doesn't exist|No such file/i,
    error: FormatError,
    code: 'E_FILE_MISSING',
    say: () => 'the file does not exist',
    hint: 'check the path',
  },
  {
    pattern: /Could not find an implementation for (\S+)\((-?\d+)\) node/,
    error: UnsupportedError,
    code: 'E_OPERATOR_UNSUPPORTED',
    say: ([operator, version]) => `onnxruntime has no CPU kernel for operator ${operator} of opset ${version}`,
    hint: 'export the model with another opset (13 to 21 are the best supported)',
  },
  {
    pattern: /Failed to find kernel for (\S+?)\((-?\d+)\)/,
    error: UnsupportedError,
    code: 'E_OPERATOR_UNSUPPORTED',
    say: ([operator, version]) => `onnxruntime has no CPU kernel for operator ${operator} (version ${version})`,
    hint: 'this file was made for another execution provider; export it without provider-specific optimisation',
  },
  {
    pattern: /Fatal error: (\S+)\((-?\d+)\) is not a registered function\/op/,
    error: UnsupportedError,
    code: 'E_OPERATOR_UNSUPPORTED',
    say: ([operator]) => `onnxruntime does not know operator ${operator}`,
    hint: 'export the model with standard ONNX operators',
  },
  {
    pattern: /Missing opset in the model/,
    error: FormatError,
    code: 'E_OPSET_MISSING',
    say: () => 'it does not say which operator set it uses',
    hint: 'export the model again, or set opset_import with the onnx package',
  },
  {
    pattern: /opset (\d+) is under development|Unsupported model IR version: (\d+)|Current official support/i,
    error: UnsupportedError,
    code: 'E_OPSET_UNSUPPORTED',
    hint: 'export the model with an older opset or IR version, or update onnxruntime-node',
  },
  {
    pattern: /Type 'tensor\(bfloat16\)' of input parameter \(.*?\) of operator \((\S+)\)/,
    error: UnsupportedError,
    code: 'E_TYPE_UNSUPPORTED',
    say: ([operator]) => `onnxruntime computes no ${operator} of bfloat16`,
    hint: 'save the model with float32 weights, e.g. model.float()',
  },
  {
    pattern: /Unsupported data type: (\d+)|Tensor type \((\d+)\) is not supported/,
    error: UnsupportedError,
    code: 'E_TYPE_UNSUPPORTED',
    say: ([first, second]) => `onnxruntime-node cannot pass tensors of ONNX data type ${first ?? second} in or out`,
    hint: 'add a Cast to float32 at the inputs and outputs of the model',
  },
  {
    pattern: /Got invalid dimensions for input: (\S+)|Invalid rank for input: (\S+)/,
    error: UsageError,
    code: 'E_INPUT_SHAPE',
    hint: 'give the sizes that the model expects, e.g. --input name=1x3x224x224',
  },
  {
    pattern: /Unexpected input data type|input '([^']*)' is missing/,
    error: UsageError,
    code: 'E_INPUT_TYPE',
    hint: 'the inputs must match the signature that greenbench inspect prints',
  },
  {
    pattern: /bad allocation|bad_alloc|Failed to allocate memory|out of memory|array buffer allocation failed/i,
    error: MeasurementError,
    code: 'E_OUT_OF_MEMORY',
    say: () => 'there is not enough memory',
    hint: 'use a smaller --batch or a machine with more memory',
  },
]

const OTHERWISE: Record<EngineStep, { readonly code: ErrorCode; readonly hint: string }> = {
  load: {
    code: 'E_ENGINE_LOAD',
    hint: 'the model is valid but this engine cannot run it; greenbench inspect still counts it',
  },
  run: {
    code: 'E_ENGINE_RUN',
    hint: 'check the sizes of free dimensions (--input name=1x3x224x224) and the values that the model expects',
  },
}

/**
 * @param cause - what onnxruntime-node threw; errors of greenbench pass through unchanged
 * @param model - name of the model, for the message
 * @returns one line of `UnsupportedError`, `FormatError`, `UsageError` or `MeasurementError` with a hint
 */
export function explainEngineError(cause: unknown, model: string, step: EngineStep): GreenbenchError {
  if (cause instanceof GreenbenchError) return cause
  const said = oneLine(cause instanceof Error ? cause.message : String(cause))
  const start = `${step === 'load' ? 'cannot load' : 'cannot run'} ${model}: `
  for (const { pattern, error, code, say, hint } of EXPLANATIONS) {
    const match = pattern.exec(said)
    if (match !== null) return new error(code, `${start}${say?.(match.slice(1)) ?? said}`, { hint, cause })
  }
  const { code, hint } = OTHERWISE[step]
  return new UnsupportedError(code, `${start}${said}`, { hint, cause })
}

/** Source positions and signatures of onnxruntime's own code say nothing to a user. */
function oneLine(message: string): string {
  return message
    .replace(/\/onnxruntime_src\/\S+:\d+ .*?\) (?=\S)/g, '')
    .replace(/\/onnxruntime_src\/\S+/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^Exception during initialization: /, '')
    .trim()
    .slice(0, LONGEST_MESSAGE)
}
