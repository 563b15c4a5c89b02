import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/core/errors.js'
import { explainEngineError } from '../../src/engines/onnxruntime-error.js'

/** Said by onnxruntime-node 1.30.0 on Linux x64, word for word. */
const SAID: readonly (readonly [string, string, RegExp])[] = [
  ['OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library', 'E_PROVIDER_MISSING', /cuda/],
  [
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
    'E_PROVIDER_MISSING',
    /webgpu/,
  ],
  ['Failed to load model because protobuf parsing failed.', 'E_ONNX_BROKEN', /not a whole ONNX file/],
  [
    'External data path validation failed for initializer: Pads_not_on_disk. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/models/Pads_not_on_disk.bin"',
    'E_EXTERNAL_DATA',
    /\/models\/Pads_not_on_disk\.bin/,
  ],
  ["Could not find an implementation for BatchNormalization(6) node with name ''", 'E_OPERATOR_UNSUPPORTED', /opset 6/],
  [
    'Load model from /models/train.onnx failed:Fatal error: com.microsoft:SoftmaxCrossEntropyLossGrad(-1) is not a registered function/op',
    'E_OPERATOR_UNSUPPORTED',
    /com\.microsoft:SoftmaxCrossEntropyLossGrad/,
  ],
  [
    "Failed to find kernel for com.microsoft.RestorePadding(1) (node:'RestorePadding_1' ep:'CPUExecutionProvider'). Kernel not found",
    'E_OPERATOR_UNSUPPORTED',
    /RestorePadding/,
  ],
  [
    'Load model from /models/a.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:191 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&) Missing opset in the model. All ModelProtos MUST have at least one entry',
    'E_OPSET_MISSING',
    /operator set/,
  ],
  [
    "This is an invalid model. Type Error: Type 'tensor(bfloat16)' of input parameter (a) of operator (Conv) in node (c) is invalid.",
    'E_TYPE_UNSUPPORTED',
    /computes no Conv of bfloat16/,
  ],
  ['Unsupported data type: 17', 'E_TYPE_UNSUPPORTED', /data type 17/],
  [
    'Got invalid dimensions for input: Input3 for the following indices\n index: 0 Got: 2 Expected: 1\n Please fix either the inputs/outputs or the model.',
    'E_INPUT_SHAPE',
    /Got: 2 Expected: 1/,
  ],
  ['Unexpected input data type. Actual: (tensor(double)) , expected: (tensor(float))', 'E_INPUT_TYPE', /double/],
  ['std::bad_alloc', 'E_OUT_OF_MEMORY', /memory/],
  ['Array buffer allocation failed', 'E_OUT_OF_MEMORY', /memory/],
]

describe('message of onnxruntime', () => {
  test.each(SAID)('%s', (said, code, message) => {
    const error = explainEngineError(new Error(said), 'resnet', 'load')
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.any(String) })
    expect(error.message).toMatch(/^cannot load resnet: /)
    expect(error.message).not.toMatch(/\n|onnxruntime_src/)
  })

  test('that nobody has met yet stands in its own words, without source positions', () => {
    const said =
      'Exception during initialization: /onnxruntime_src/core/rnn/lstm_base.h:53 onnxruntime::LSTMBase(const onnxruntime::OpKernelInfo&) layout_ == 0 was false.\n'
    const error = explainEngineError(new Error(said), 'resnet', 'run')
    expect(error).toMatchObject({ code: 'E_ENGINE_RUN', message: 'cannot run resnet: layout_ == 0 was false.' })
  })

  test('is cut where it runs on', () => {
    expect(explainEngineError(new Error('x'.repeat(10_000)), 'resnet', 'run').message.length).toBeLessThan(500)
  })

  test('keeps the native error as its cause', () => {
    const cause = new Error('odd')
    expect(explainEngineError(cause, 'resnet', 'run').cause).toBe(cause)
  })

  test('an error of greenbench passes through', () => {
    const own = new UsageError('E_OWN', 'own')
    expect(explainEngineError(own, 'resnet', 'run')).toBe(own)
  })
})
