/** What is known of single files of `../shared/data/onnx`: why the engine cannot take them, and what only a run tells. */
import type { InputChoices } from './onnx-inputs.js'

/** Files that onnxruntime 1.30 does not load, with what it says and, where greenbench refuses them too, with what code. */
export interface Refusal {
  readonly says: RegExp
  readonly code?: string
}

const noOpset: Refusal = { says: /Missing opset in the model/ }
const noKernel: Refusal = { says: /Could not find an implementation for/ }
const noFunction: Refusal = { says: /is not a registered function\/op/ }
const noData: Refusal = { says: /External data path does not exist/, code: 'E_EXTERNAL_DATA_MISSING' }

export const REFUSED: Readonly<Record<string, Refusal>> = {
  'KonduitAI__dl4j-test-resources/src__main__resources__onnx_graphs__embedding_only.onnx': noOpset,
  'KonduitAI__dl4j-test-resources/src__main__resources__onnx_graphs__sm_cnn.onnx': noOpset,
  'node/test_dequantizelinear_e4m3fn/model.onnx': { says: /Unsupported data type: 17/ },
  'node/test_image_decoder_decode_bmp_rgb/model.onnx': noKernel,
  'node/test_image_decoder_decode_jpeg_rgb/model.onnx': noKernel,
  'node/test_image_decoder_decode_png_rgb/model.onnx': noKernel,
  'node/test_lstm_batchwise/model.onnx': { says: /Batchwise recurrent operations .* are not supported/ },
  'node/test_roialign_aligned_true/model.onnx': noKernel,
  'onnxruntime/java/src/test/resources/java-external-matmul.onnx': noData,
  'onnxruntime/js/web/test/e2e/model_with_orig_ext_data.onnx': noData,
  'onnxruntime/testdata/model_with_external_initializer_come_from_user.onnx': noData,
  'onnxruntime/testdata/mul_1.noopset.onnx': noOpset,
  'onnxruntime/testdata/packed_attention_fp16.onnx': { says: /Kernel not found/ },
  'onnxruntime/testdata/training_api/training_model.onnx': noFunction,
  'pytorch-converted/test_BatchNorm2d_eval/model.onnx': noKernel,
  'pytorch-converted/test_PReLU_2d_multiparam/model.onnx': noKernel,
  'pytorch-operator/test_operator_addmm/model.onnx': noKernel,
  'pytorch-operator/test_operator_basic/model.onnx': noKernel,
  'simple/test_gradient_of_add_and_mul/model.onnx': noFunction,
}

/** Files that load and cannot be run from JavaScript; their types are checked all the same. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'node/test_convinteger_with_padding/model.onnx': 'the engine takes one zero point for all weights only',
  'node/test_sequence_map_add_1_sequence_1_tensor_expanded/model.onnx': 'sequences cannot be given to onnxruntime-node',
  'onnxruntime/java/testdata/generic_sparse_to_dense_matmul.onnx': 'sparse tensors cannot be given to onnxruntime-node',
}

/** Inputs that zeros and twos would not do for. */
export const CHOICES: Readonly<Record<string, InputChoices>> = {
  'onnxruntime/testdata/qdq_minimal_model.onnx': { sizes: { height: 64, width: 48 } },
  'onnxruntime/testdata/transformers/tiny_gpt2_beamsearch.onnx': {
    sizes: { batch_size: 1, sequence_length: 4 },
    values: {
      max_length: [10],
      min_length: [1],
      num_beams: [3],
      num_return_sequences: [2],
      length_penalty: [1],
      repetition_penalty: [1],
    },
  },
}

/** Values whose sizes the contents of an input decide: only these may stay free. */
export const DECIDED_BY_DATA: Readonly<Record<string, readonly string[]>> = {
  'node/test_affine_grid_3d/model.onnx': ['grid'],
  'node/test_compress_1/model.onnx': ['output'],
  'node/test_image_decoder_decode_bmp_rgb/model.onnx': ['output'],
  'node/test_image_decoder_decode_jpeg_rgb/model.onnx': ['output'],
  'node/test_image_decoder_decode_png_rgb/model.onnx': ['output'],
  'node/test_resize_downsample_sizes_linear_antialias/model.onnx': ['Y'],
  'node/test_resize_upsample_scales_cubic/model.onnx': ['Y'],
  'node/test_unique_sorted_with_axis_3d/model.onnx': ['Y', 'indices', 'counts'],
  'onnxruntime/testdata/transformers/tiny_gpt2_beamsearch.onnx': ['sequences'],
  'simple/test_expand_shape_model3/model.onnx': ['Y'],
}
