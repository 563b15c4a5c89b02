"""Operators of TensorFlow with their options, a signature each."""

import keras
import tensorflow as tf

from recorder import weight

f32 = lambda *shape: tf.TensorSpec(shape, tf.float32)
i32 = lambda *shape: tf.TensorSpec(shape, tf.int32)
flags = lambda *shape: tf.TensorSpec(shape, tf.bool)
PICTURE = f32(None, 7, 6, 4)
SQUARE = f32(None, 8, 8, 4)
FREE = f32(None, None, None, 4)
TABLE = f32(None, 3, 4)
COUNTED = {"count": True}
raw = tf.raw_ops

kernel = weight(3, 2, 4, 6)
square = weight(3, 3, 4, 6)
depthwise = weight(3, 3, 4, 2)
volume = weight(2, 3, 3, 4, 5)
backward = weight(3, 3, 5, 4)
channels = lambda start=1, **options: weight(4, start=start, **options)
scale, offset, mean, variance = channels(1), channels(2), channels(3, trainable=False), channels(4, trainable=False, positive=True)
bias6 = weight(6)
dense, dense_bias = weight(4, 5), weight(5, start=2)


def transposed(stride, padding, dilation=1):
    def run(x):
        size = [tf.shape(x)[0], *( [14, 12] if padding == "SAME" else [15, 13]), 5]
        return tf.nn.conv2d_transpose(x, backward, size, stride, padding, dilations=dilation)

    return run


def fused(version):
    def run(x):
        operator = getattr(raw, f"FusedBatchNorm{version}")
        return operator(x=x, scale=scale, offset=offset, mean=mean, variance=variance, epsilon=0.01, is_training=False)[0]

    return run


# TensorFlow spreads the rows of atrous convolutions over batches with some margin, which it counts too.
convolutions = {
    "same": (lambda x: tf.nn.conv2d(x, kernel, 2, "SAME"), PICTURE, COUNTED),
    "same_free": (lambda x: tf.nn.conv2d(x, kernel, 2, "SAME"), FREE, {"fixed": [7, 6]}),
    "valid": (lambda x: tf.nn.conv2d(x, kernel, [2, 1], "VALID"), PICTURE, COUNTED),
    "explicit": (lambda x: tf.nn.conv2d(x, kernel, 1, [[0, 0], [1, 2], [0, 3], [0, 0]]), PICTURE, COUNTED),
    "dilated": (lambda x: tf.nn.conv2d(x, kernel, 1, "SAME", dilations=2), PICTURE, COUNTED),
    "atrous": (lambda x: tf.nn.atrous_conv2d(x, square, 2, "SAME"), PICTURE, {**COUNTED, "macs": 42 * 216}),
    "atrous_valid": (lambda x: tf.nn.convolution(x, square, padding="VALID", dilations=[2, 1]), PICTURE, {**COUNTED, "macs": 12 * 216}),
    "grouped": (lambda x: tf.nn.conv2d(x, weight_grouped, 1, "SAME"), PICTURE),
    "biased": (lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias6)), PICTURE, COUNTED),
    "depthwise": (lambda x: tf.nn.depthwise_conv2d(x, depthwise, [1, 1, 1, 1], "SAME"), PICTURE, COUNTED),
    "depthwise_strides": (lambda x: tf.nn.depthwise_conv2d(x, depthwise, [1, 2, 2, 1], "SAME"), PICTURE, COUNTED),
    "depthwise_dilated": (lambda x: tf.nn.depthwise_conv2d(x, depthwise, [1, 1, 1, 1], "SAME", dilations=[2, 2]), SQUARE, COUNTED),
    "depthwise_dilated_valid": (lambda x: tf.nn.depthwise_conv2d(x, depthwise, [1, 1, 1, 1], "VALID", dilations=[2, 2]), SQUARE, COUNTED),
    "separable": (lambda x: tf.nn.separable_conv2d(x, depthwise, weight_point, [1, 1, 1, 1], "SAME"), PICTURE, COUNTED),
    "volume": (lambda x: tf.nn.conv3d(x, volume, [1, 1, 2, 2, 1], "SAME"), f32(None, 3, 7, 6, 4)),
    "volume_transposed": (lambda x: tf.nn.conv3d_transpose(x, volume_back, [tf.shape(x)[0], 6, 6, 4, 3], 2, "SAME"), f32(None, 3, 3, 2, 4)),
    "line": (lambda x: tf.nn.conv1d(x, weight_line, 2, "SAME"), f32(None, 9, 4), COUNTED),
    "line_causal": (lambda x: tf.nn.conv1d(tf.pad(x, [[0, 0], [4, 0], [0, 0]]), weight_line, 1, "VALID", dilations=2), f32(None, 9, 4), COUNTED),
    "line_transposed": (lambda x: tf.nn.conv1d_transpose(x, weight_line_back, [tf.shape(x)[0], 18, 5], 2, "SAME"), f32(None, 9, 4)),
    "transposed_same": (transposed(2, "SAME"), PICTURE),
    "transposed_valid": (transposed(2, "VALID"), PICTURE),
    "transposed_stride_larger": (lambda x: tf.nn.conv2d_transpose(x, backward, [tf.shape(x)[0], 27, 24, 5], 4, "SAME"), PICTURE),
    "kernel_computed": (lambda x: tf.nn.conv2d(x, square * 2 - 1, 1, "SAME"), PICTURE),
}
weight_grouped, weight_point = weight(3, 3, 2, 6), weight(1, 1, 8, 5)
weight_line, weight_line_back, volume_back = weight(3, 4, 5), weight(3, 5, 4), weight(3, 3, 3, 3, 4)

pooling = {
    "max_same": (lambda x: tf.nn.max_pool2d(x, 3, 2, "SAME"), PICTURE),
    "max_valid": (lambda x: tf.nn.max_pool2d(x, [2, 3], [2, 1], "VALID"), PICTURE),
    "max_explicit": (lambda x: tf.nn.max_pool2d(x, 3, 2, [[0, 0], [1, 0], [1, 1], [0, 0]]), PICTURE),
    "max_dynamic": (lambda x: raw.MaxPoolV2(input=x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"), PICTURE),
    "average_same": (lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"), PICTURE),
    "average_same_free": (lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"), FREE, {"fixed": [7, 6]}),
    "average_line": (lambda x: tf.nn.avg_pool1d(x, 2, 2, "VALID"), f32(None, 9, 4)),
    "max_line": (lambda x: tf.nn.max_pool1d(x, 3, 2, "SAME"), f32(None, 9, 4)),
    "max_volume": (lambda x: tf.nn.max_pool3d(x, 2, 2, "SAME"), f32(None, 3, 5, 4, 3)),
    "average_volume": (lambda x: tf.nn.avg_pool3d(x, 2, 1, "VALID"), f32(None, 3, 5, 4, 3)),
    "local_response": (lambda x: tf.nn.lrn(x, 1, 2.0, 0.2, 0.75), PICTURE),
    "depth_to_space": (lambda x: tf.nn.depth_to_space(x, 2), PICTURE),
    "space_to_depth": (lambda x: tf.nn.space_to_depth(x, 2), SQUARE),
    "space_to_batch": (lambda x: tf.space_to_batch(x, [2, 3], [[1, 0], [0, 0]]), PICTURE),
    "batch_to_space": (lambda x: tf.batch_to_space(tf.tile(x, [4, 1, 1, 1]), [2, 2], [[1, 0], [0, 1]]), PICTURE),
    "bilinear": (lambda x: raw.ResizeBilinear(images=x, size=[11, 9]), PICTURE),
    "bilinear_half": (lambda x: raw.ResizeBilinear(images=x, size=[11, 9], half_pixel_centers=True), PICTURE),
    "bilinear_half_smaller": (lambda x: raw.ResizeBilinear(images=x, size=[5, 3], half_pixel_centers=True), PICTURE),
    "bilinear_aligned": (lambda x: raw.ResizeBilinear(images=x, size=[11, 9], align_corners=True), PICTURE),
    "nearest": (lambda x: raw.ResizeNearestNeighbor(images=x, size=[11, 9]), PICTURE),
    "nearest_half": (lambda x: raw.ResizeNearestNeighbor(images=x, size=[11, 9], half_pixel_centers=True), PICTURE),
    "nearest_aligned": (lambda x: raw.ResizeNearestNeighbor(images=x, size=[13, 11], align_corners=True), PICTURE),
    "cubic_half": (lambda x: raw.ResizeBicubic(images=x, size=[14, 12], half_pixel_centers=True), PICTURE),
    "twice_of_shape": (lambda x: tf.image.resize(x, 2 * tf.shape(x)[1:3], "nearest"), FREE, {"fixed": [7, 6]}),
    "cropped": (lambda x: tf.image.crop_to_bounding_box(x, 1, 2, 4, 3), PICTURE),
}

normalization = {
    "fused": (fused(""), PICTURE),
    "fused_v2": (fused("V2"), PICTURE),
    "fused_v3": (fused("V3"), PICTURE, COUNTED),
    "unfused": (lambda x: tf.nn.batch_normalization(x, mean, variance, offset, scale, 0.01), PICTURE, COUNTED),
    "unfused_dense": (lambda x: tf.nn.batch_normalization(x, mean, variance, offset, scale, 0.01), f32(None, 4), COUNTED),
    "unfused_without_scale": (lambda x: tf.nn.batch_normalization(x, mean, variance, offset, None, 0.01), PICTURE, COUNTED),
    "unfused_without_offset": (lambda x: tf.nn.batch_normalization(x, mean, variance, None, scale, 0.01), PICTURE, COUNTED),
    "unfused_bare": (lambda x: tf.nn.batch_normalization(x, mean, variance, None, None, 0.01), PICTURE, COUNTED),
    "layer": (lambda x: layer_normalized(x), TABLE),
    "moments": (lambda x: tf.concat(tf.nn.moments(x, [1, 2]), 0), PICTURE),
    "l2": (lambda x: tf.nn.l2_normalize(x, -1), TABLE),
}


def layer_normalized(x):
    center, spread = tf.nn.moments(x, [-1], keepdims=True)
    return tf.nn.batch_normalization(x, center, spread, offset, scale, 0.001)


elementwise = {
    "arithmetic": (lambda x, y: x + y * (x - y) / (tf.abs(y) + 2) + tf.maximum(x, y) - tf.minimum(x, 0.3), TABLE, TABLE),
    "powers": (lambda x: tf.exp(x) + tf.square(x) + tf.sqrt(abs(x)) + tf.math.rsqrt(abs(x) + 1) + tf.pow(abs(x), 0.7) + tf.math.log(abs(x) + 1) + tf.math.log1p(abs(x)) + tf.math.expm1(x), TABLE),
    "angles": (lambda x: tf.sin(x) + tf.cos(x) + tf.tan(x) + tf.asin(x) + tf.acos(x) + tf.atan(x) + tf.sinh(x) + tf.cosh(x) + tf.asinh(x) + tf.atanh(0.9 * x) + tf.acosh(x + 2.5), TABLE),
    "angle_of_two": (lambda x, y: tf.atan2(x, y), TABLE, TABLE),
    "rounding": (lambda x: tf.floor(3 * x) + tf.math.ceil(3 * x) + tf.round(3 * x) + tf.sign(x) + raw.Rint(x=3 * x), TABLE),
    "errors": (lambda x: tf.math.erf(x) + tf.math.erfc(x), TABLE),
    "activations": (lambda x: tf.nn.relu(x) + tf.nn.relu6(9 * x) + tf.nn.leaky_relu(x, 0.3) + tf.nn.elu(x) + tf.nn.selu(x) + tf.sigmoid(x) + tf.tanh(x) + tf.nn.softplus(x) + tf.nn.softsign(x), TABLE),
    "composite_activations": (lambda x: tf.nn.swish(x) + tf.nn.gelu(x) + tf.nn.crelu(x)[..., :4], TABLE),
    "approximate_gelu": (lambda x: tf.nn.gelu(x, approximate=True), TABLE),
    "clipped": (lambda x: tf.clip_by_value(x, -0.3, 0.4), TABLE),
    "bits": (lambda x: tf.bitcast(tf.bitcast(x, tf.int32), tf.float32) * tf.cast(tf.bitcast(-x, tf.int32) < 0, tf.float32), TABLE),
    "largest_of_keras": (lambda x: keras.ops.argmax(x, axis=-1), TABLE),
    "divisions": (lambda x, y: x // 0.3 + tf.math.floormod(x, y + 2) + tf.math.divide_no_nan(x, tf.nn.relu(y)), TABLE, TABLE),
    "whole_divisions": (lambda x: x // -3 + tf.math.floormod(x - 5, 3) + tf.truncatediv(x - 5, 3), i32(None, 5), {"below": 11}),
    "squared_difference": (lambda x, y: tf.math.squared_difference(x, y), TABLE, f32(4)),
    "xlogy": (lambda x: tf.math.xlogy(tf.nn.relu(x), abs(x) + 0.5) + tf.math.xdivy(tf.nn.relu(x), abs(x) + 0.5), TABLE),
    "added": (lambda x, y: tf.add_n([x, y, x]), TABLE, TABLE),
    "compared": (lambda x, y: tf.cast(x > y, tf.int32) + 2 * tf.cast(x >= y, tf.int32) + 4 * tf.cast(x < y, tf.int32) + 8 * tf.cast(x <= 0.5, tf.int32) + 16 * tf.cast(x == y, tf.int32) + 32 * tf.cast(x != 0.0, tf.int32), TABLE, TABLE),
    "logical": (lambda x, y: (x & y) | tf.math.logical_xor(x, ~y), flags(None, 4), flags(None, 4)),
    "chosen": (lambda x, y: tf.where(x > 0.1, x, y), TABLE, TABLE),
    "chosen_by_row": (lambda x, y, z: raw.Select(condition=x, x=y, y=z), flags(None), TABLE, TABLE),
    "casts": (lambda x: tf.cast(tf.cast(5 * x, tf.int32), tf.float32) + tf.cast(x > 0, tf.float32) + tf.cast(tf.cast(x, tf.int64), tf.float32), TABLE),
    "halves": (lambda x: tf.cast(tf.cast(x, tf.float16) * 2, tf.float32), TABLE, {"tolerance": 1e-3}),
    "doubles": (lambda x: tf.cast(tf.cast(x, tf.float64) / 3, tf.float32), TABLE),
    "finite": (lambda x: tf.stack([tf.math.is_nan(x / 0.0), tf.math.is_inf(x / 0.0), tf.math.is_finite(x)]), TABLE),
    "like": (lambda x: tf.zeros_like(x) + tf.ones_like(x) * 3, TABLE),
    "bits": (lambda x: tf.bitwise.bitwise_and(x, 5) + tf.bitwise.bitwise_or(x, 2) + tf.bitwise.bitwise_xor(x, 1) + tf.bitwise.invert(x), i32(None, 5), {"below": 11}),
    "fake_quantised": (lambda x: tf.quantization.fake_quant_with_min_max_args(x, -0.6, 0.7), TABLE),
    "fake_quantised_by_variables": (lambda x: tf.quantization.fake_quant_with_min_max_vars(x, low, high), TABLE),
}
low, high = tf.Variable(-0.51, name="low"), tf.Variable(0.62, name="high")

reductions = {
    "along_last": (lambda x: tf.reduce_mean(x, -1) + tf.reduce_sum(x, 2) + tf.reduce_max(x, 2) + tf.reduce_min(x, 2) + tf.reduce_prod(x, 2), TABLE),
    "kept": (lambda x: x - tf.reduce_mean(x, [1], keepdims=True), TABLE),
    "spatial": (lambda x: tf.reduce_mean(tf.nn.conv2d(x, kernel, 1, "SAME"), [1, 2]), PICTURE),
    "spatial_kept": (lambda x: tf.reduce_max(tf.nn.conv2d(x, kernel, 1, "SAME"), [1, 2], keepdims=True), PICTURE),
    "channels_of_picture": (lambda x: tf.reduce_mean(tf.nn.conv2d(x, kernel, 1, "SAME"), -1), PICTURE),
    "all_axes": (lambda x: tf.reshape(tf.reduce_sum(x), [1]), TABLE),
    "flags": (lambda x: tf.stack([tf.reduce_any(x, 1), tf.reduce_all(x, 1)]), flags(None, 4)),
    "deviation": (lambda x: tf.math.reduce_std(x, 1) + tf.math.reduce_variance(x, 1) + tf.reduce_logsumexp(x, 1) + tf.norm(x, axis=1), TABLE),
    "softmax": (lambda x: tf.nn.softmax(x) + tf.nn.log_softmax(x), TABLE),
    "softmax_axis": (lambda x: tf.nn.softmax(x, 1), TABLE),
    "softmax_picture": (lambda x: tf.nn.softmax(tf.nn.conv2d(x, kernel, 1, "SAME")), PICTURE),
    "arguments": (lambda x: tf.stack([tf.argmax(x, -1), tf.argmin(x, -1)]), TABLE),
    "arguments_picture": (lambda x: tf.argmax(tf.nn.conv2d(x, kernel, 1, "SAME"), -1, tf.int32), PICTURE),
    "top": (lambda x: tf.math.top_k(x, 2).values, TABLE),
    "top_indices": (lambda x: tf.math.top_k(x, 3).indices, TABLE),
    "sums": (lambda x: tf.cumsum(x, 1) + tf.cumsum(x, -1, exclusive=True) + tf.cumsum(x, 2, reverse=True), TABLE),
    "sorted": (lambda x: tf.sort(x, direction="DESCENDING"), TABLE),
    "half_squares": (lambda x: tf.reshape(tf.nn.l2_loss(x), [1]), TABLE),
}

matrices = {
    "dense": (lambda x: tf.nn.relu(x @ dense + dense_bias), f32(None, 4), COUNTED),
    "dense_biased": (lambda x: tf.nn.bias_add(tf.matmul(x, dense), dense_bias), f32(None, 4), COUNTED),
    "dense_transposed": (lambda x: tf.matmul(x, dense, transpose_b=True), f32(None, 5), COUNTED),
    "dense_of_rows": (lambda x: tf.tensordot(x, dense, [[2], [0]]), TABLE),
    "batched": (lambda x, y: tf.matmul(x, y, transpose_b=True), TABLE, f32(None, 2, 4)),
    "batched_first": (lambda x, y: tf.matmul(x, y, transpose_a=True), TABLE, f32(None, 3, 2)),
    "einsum": (lambda x: tf.einsum("abc,cd->abd", x, dense), TABLE),
    "einsum_heads": (lambda x, y: tf.einsum("aecd,abcd->acbe", x, y), f32(None, 3, 2, 4), f32(None, 5, 2, 4)),
    "einsum_open": (lambda x, y: tf.einsum("...ij,...jk->...ik", x, y), TABLE, f32(None, 4, 2)),
    "triangle": (lambda x: tf.linalg.band_part(x, -1, 0) + tf.linalg.band_part(x, 0, -1) + tf.linalg.band_part(x, 1, 1), f32(None, 4, 4)),
    "diagonal": (lambda x: tf.linalg.diag(x), f32(None, 4)),
    "diagonal_part": (lambda x: tf.linalg.diag_part(x), f32(None, 4, 4)),
    "outer": (lambda x: tf.linalg.matvec(dense, x, transpose_a=True), f32(None, 4)),
}

shapes = {
    "flattened": (lambda x: tf.reshape(x, [tf.shape(x)[0], -1]), TABLE),
    "of_picture": (lambda x: tf.reshape(tf.nn.conv2d(x, kernel, 1, "SAME"), [-1, 42, 6]), PICTURE),
    "sizes": (lambda x: tf.shape(x) + tf.rank(x) + tf.size(x), TABLE),
    "squeezed": (lambda x: tf.squeeze(tf.expand_dims(x, 1) + tf.expand_dims(x, -3), [1]), TABLE),
    "squeezed_all": (lambda x: tf.squeeze(x), f32(None, 1, 4)),
    "transposed": (lambda x: tf.transpose(x, [2, 0, 1]), TABLE),
    "transposed_whole": (lambda x: tf.transpose(x), TABLE),
    "to_channels_first": (lambda x: tf.transpose(tf.nn.conv2d(x, kernel, 1, "SAME"), [0, 3, 1, 2]) * 2, PICTURE),
    "joined": (lambda x, y: tf.concat([x, y, x], -1), TABLE, TABLE),
    "joined_pictures": (lambda x: tf.concat([tf.nn.conv2d(x, kernel, 1, "SAME"), x], 3), PICTURE),
    "stacked": (lambda x, y: tf.stack([x, y], 1) + tf.stack([y, x], -3), TABLE, TABLE),
    "unstacked": (lambda x: tf.unstack(x, axis=1)[2] - tf.unstack(x, axis=-2)[0], TABLE),
    "split": (lambda x: tf.split(x, 2, -1)[1] - tf.split(x, [1, -1, 1], 2)[1], TABLE),
    "split_picture": (lambda x: tf.split(tf.nn.conv2d(x, kernel, 1, "SAME"), 3, 3)[1], PICTURE),
    "sliced": (lambda x: tf.slice(x, [0, 1, 0], [-1, 2, 3]), TABLE),
    "subscript": (lambda x: x[:, ::-2, tf.newaxis, 3], TABLE),
    "subscript_end": (lambda x: x[..., -1] + x[:, :, -2], TABLE),
    "subscript_free": (lambda x: x[1:, :2] + x[:-1, -2:], TABLE),
    "subscript_computed": (lambda x: x[:, tf.shape(x)[0] - 1 :], f32(None, 5, 4)),
    "subscript_last_row": (lambda x: x[tf.shape(x)[0] - 1], TABLE),
    "padded": (lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3]], constant_values=1.5), TABLE),
    "padded_mirror": (lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3]], "REFLECT"), TABLE),
    "padded_symmetric": (lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3]], "SYMMETRIC"), TABLE),
    "gathered": (lambda x: tf.gather(x, [2, 0, 2], axis=1), TABLE),
    "gathered_rows": (lambda x: tf.gather(rows, x), i32(None, 3), COUNTED),
    "looked_up": (lambda x: tf.nn.embedding_lookup(rows, x), i32(None, 3), COUNTED),
    "gathered_in_batches": (lambda x, y: tf.gather(x, y, batch_dims=1), TABLE, i32(None, 2), {"below": 3}),
    "gathered_in_batches_along": (lambda x, y: tf.gather(x, y, axis=2, batch_dims=1), TABLE, i32(None, 2)),
    "gathered_points": (lambda x, y: tf.gather_nd(x, y), f32(3, 4), i32(None, 5, 2), {"below": 3}),
    "gathered_points_in_batches": (lambda x, y: tf.gather_nd(x, y, batch_dims=1), TABLE, i32(None, 5, 1), {"below": 3}),
    "scattered": (lambda x: tf.scatter_nd([[0], [2], [0]], tf.transpose(x[:, :, 0]), [4, tf.shape(x)[0]]), TABLE),
    "updated": (lambda x: tf.tensor_scatter_nd_update(x, [[0], [1]], x[:2] * 2), f32(3, 4)),
    "updated_sum": (lambda x: tf.tensor_scatter_nd_add(x, [[0], [1]], x[:2] * 2), f32(3, 4)),
    "one_hot": (lambda x: tf.one_hot(x, 5) + tf.one_hot(x, 5, axis=-1, on_value=2.0, off_value=-1.0), i32(None, 3)),
    "one_hot_below_zero": (lambda x: tf.one_hot(x - 2, 3), i32(None, 3)),
    "one_hot_first": (lambda x: tf.one_hot(x, 5, axis=1), i32(None, 3)),
    "tiled": (lambda x: tf.tile(x, [1, 2, 3]), TABLE),
    "repeated": (lambda x: tf.repeat(x, 2, axis=1), TABLE),
    "broadcast": (lambda x: tf.broadcast_to(x, [tf.shape(x)[0], 3, 4]), f32(None, 1, 4)),
    "filled": (lambda x: tf.fill([tf.shape(x)[0], 2], 3.5) + tf.zeros([tf.shape(x)[0], 2]), TABLE),
    "counted": (lambda x: tf.range(tf.shape(x)[0]) * 2 + tf.range(3, 3 + tf.shape(x)[0]), TABLE),
    "counted_by_steps": (lambda x: x + tf.range(0.0, 2.0, 0.5), TABLE),
    "spaced": (lambda x: x + tf.linspace(0.0, 1.0, 4), TABLE),
    "rolled": (lambda x: tf.roll(x, 1, 1) + tf.roll(x, [-1, 2], [1, 2]), TABLE),
    "reversed": (lambda x: tf.reverse(x, [1, -1]), TABLE),
    "reversed_sequences": (lambda x, y: tf.reverse_sequence(x, y, seq_axis=1, batch_axis=0), TABLE, i32(None), {"below": 3}),
    "places": (lambda x: tf.where(x > 0.3), TABLE),
    "masked": (lambda x: tf.boolean_mask(x, x > 0.0), TABLE),
    "meshed": (lambda x: x + tf.cast(tf.meshgrid(tf.range(4), tf.range(3))[0], tf.float32), TABLE),
    "masked_sequence": (lambda x: tf.sequence_mask(x, 5), i32(None)),
    "identities": (lambda x: tf.identity_n([tf.stop_gradient(x), x])[1] + tf.ensure_shape(x, [None, 3, 4]), TABLE),
    "unique": (lambda x: tf.unique(x)[0], i32(None)),
    "invert": (lambda x: tf.gather(x, tf.math.invert_permutation([2, 0, 1]), axis=1), TABLE),
    "eye": (lambda x: x @ tf.eye(4), TABLE),
}
rows = weight(7, 3)


def doubled(x):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: 2 * x, lambda: x - 1)


def counted_up(x):
    return tf.while_loop(lambda i, y: i < 4, lambda i, y: (i + 1, tf.tanh(y @ loop_weight)), [0, x])[1]


def until_large(x):
    return tf.while_loop(lambda y: tf.reduce_max(y) < 50.0, lambda y: (2 * y + 1,), [abs(x)])[0]


def steps(x):
    """An array that grows in a loop, as recurrent layers write it."""
    time = tf.transpose(x, [1, 0, 2])
    source = tf.TensorArray(tf.float32, size=5).unstack(time)
    result = tf.TensorArray(tf.float32, size=5)

    def body(index, state, array):
        state = tf.tanh(source.read(index) + state @ loop_weight)
        return index + 1, state, array.write(index, state)

    _, last, array = tf.while_loop(lambda index, *_: index < 5, body, [0, tf.zeros_like(time[0]), result])
    return last[:, tf.newaxis] + tf.transpose(array.stack(), [1, 0, 2])


loop_weight = weight(4, 4, start=3)
control = {
    "branch_of_run": (doubled, f32(None, 4)),
    "case_of_run": (lambda x, y: tf.switch_case(y, [lambda: x + 1, lambda: x * 2, lambda: -x]), f32(None, 4), i32(), {"below": 3}),
    "loop": (counted_up, f32(None, 4), {"parameters": {"total": 16, "trainable": 16}, "macs": 64}),
    "loop_until": (until_large, f32(None, 4)),
    "loop_with_arrays": (steps, f32(None, 5, 4), {"parameters": {"total": 16, "trainable": 16}, "macs": 80}),
    "mapped": (lambda x: tf.map_fn(lambda row: row * 2 + 1, x), f32(3, 4)),
    "scanned": (lambda x: tf.scan(lambda state, row: state + row, x), f32(3, 4)),
}

GROUPS = {
    "convolutions": convolutions,
    "pooling": pooling,
    "normalization": normalization,
    "elementwise": elementwise,
    "reductions": reductions,
    "matrices": matrices,
    "shapes": shapes,
    "control": control,
}
