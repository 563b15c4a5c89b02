"""Lists every operator that a model file may use, with the opset versions it changed in, as onnx-operators.json.

The standard up to opset 17 comes from the schemas of the onnx package (1.12); later operators and those of
onnxruntime are written down here from their documentation. Run: python3 list-onnx-operators.py > onnx-operators.json
"""

import collections
import json
import sys

import onnx
from onnx import defs

# Operators that came after opset 17, by the version that brought them, from https://onnx.ai/onnx/operators/
LATER = {
    ("", 18): "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish",
    ("", 19): "DeformConv",
    ("", 20): "AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit",
    ("", 23): "Attention RMSNormalization RotaryEmbedding",
    ("", 24): "Swish TensorScatter",
    ("", 26): "BitCast CumProd",
    ("", 27): "CausalConvWithState LinearAttention",
    ("ai.onnx.ml", 5): "TreeEnsemble",
    ("ai.onnx.preview", 1): "FlexAttention",
}

# Experimental operators of opsets 1 to 9, from https://github.com/onnx/onnx/blob/v1.4.1/docs/Operators.md.
# ATen is left out: its meaning is that of another library's operator which an attribute names.
EXPERIMENTAL = (
    "Affine ConstantFill ConstantLike Crop DynamicSlice GRUUnit GivenTensorFill ImageScaler ParametricSoftplus Scale "
    "ScaledTanh"
)

# From https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md (July 2026).
# EPContext and Snpe are left out: they hold compiled parts of models that only their own libraries can read.
CONTRIB = """
    Attention AttnLSTM BeamSearch BiasAdd BiasDropout BiasGelu BiasSoftmax BiasSplitGelu BifurcationDetector
    BitmaskBiasDropout BitmaskDropout CDist CausalConvWithState ComplexMul ComplexMulConj ConvTransposeWithDynamicPads
    CropAndResize DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention DequantizeBFP
    DequantizeLinear DequantizeWithOrder DynamicQuantizeLSTM DynamicQuantizeMatMul DynamicTimeWarping
    EmbedLayerNormalization EngramGate ExpandDims FastGelu FusedConv FusedGemm FusedMatMul FusedMatMulActivation
    GatedAdd GatedDeltaNet GatedRMSNorm GatedRelativePositionBias GatherBlockQuantized GatherND Gelu GemmFastGelu
    GemmFloat8 GemmaRotaryEmbedding GreedySearch GridSample GroupNorm GroupQueryAttention Inverse Irfft IsAllFinite
    LinearAttention LinearAttentionGate LongformerAttention MRotaryEmbedding MatMulBlockQuantizedFp4Weight
    MatMulBlockQuantizedFp8Weight MatMulBnb4 MatMulFpQ4 MatMulInteger16 MatMulIntegerToFloat MatMulNBits
    MatMulNBitsMlp MatMulNBitsQkv MaxpoolWithMask MoE MulInteger MultiHeadAttention MurmurHash3 NGramHashMapping
    NGramRepeatBlock NhwcConv NhwcFusedConv NhwcMaxPool PackedAttention PackedMultiHeadAttention Pad PagedAttention
    QAttention QEmbedLayerNormalization QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearConv
    QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax QLinearWhere
    QMoE QOrderedAttention QOrderedGelu QOrderedLayerNormalization QOrderedLongformerAttention QOrderedMatMul
    QuantizeBFP QuantizeLinear QuantizeWithOrder QuickGelu Range ReduceSumInteger RelativePositionBias RemovePadding
    RestorePadding Rfft RotaryEmbedding SampleOp Sampling SkipGroupNorm SkipLayerNormalization
    SkipSimplifiedLayerNormalization SparseAttention SparseToDenseMatMul Tokenizer TorchEmbedding TransposeMatMul
    Trilu UnfoldTensor Unique VarlenCausalConvWithState VarlenNGramHashMapping WhisperBeamSearch WordConvEmbedding
"""


def main() -> None:
    versions = collections.defaultdict(set)
    for schema in defs.get_all_schemas_with_history():
        versions[schema.domain, schema.name].add(schema.since_version)
    for (domain, version), names in LATER.items():
        for name in names.split():
            versions[domain, name].add(version)
    for name in EXPERIMENTAL.split():
        versions["", name].add(1)
    for name in CONTRIB.split():
        versions["com.microsoft", name].add(1)
    rows = [
        {"domain": domain, "operator": name, "versions": sorted(found)}
        for (domain, name), found in sorted(versions.items())
    ]
    sys.stdout.write('{\n  "onnx": "%s",\n  "operators": [\n    ' % onnx.__version__)
    sys.stdout.write(",\n    ".join(json.dumps(row) for row in rows))
    sys.stdout.write("\n  ]\n}\n")


if __name__ == "__main__":
    main()
