"""What small graphs of TensorFlow compute, by their definition in TensorFlow's documentation, with PyTorch and NumPy.

The graphs themselves stand in `test/formats/saved-model/operators.test.ts` under the same names; inputs and weights are the
same ramp modulo 101 there and here.

Usage: python3 make-saved-model-operators.py > saved-model-operators.json
Made with Python 3, PyTorch 1.13.
"""

import json

import numpy as np
import torch
import torch.nn.functional as F


def ramp(*shape, start=0):
    count = int(np.prod(shape))
    return torch.tensor([(((index + start) * 37) % 101 - 50) / 50 for index in range(count)]).reshape(shape)


first = lambda x: x.permute(0, 3, 1, 2)
last = lambda x: x.permute(0, 2, 3, 1)
oihw = lambda kernel: kernel.permute(3, 2, 0, 1)


def same(x, kernel, stride, dilation=1, value=0.0):
    pads = []
    for size, width in zip(x.shape[:1:-1], kernel[::-1]):
        reach = (width - 1) * dilation + 1
        total = max((-(-size // stride) - 1) * stride + reach - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


picture = first(ramp(2, 7, 6, 4))
kernel = ramp(3, 2, 4, 6, start=5)
vector = lambda start, length=6: ramp(length, start=start)


def batch_norm(x, channels):
    return F.batch_norm(x, vector(3, channels), vector(4, channels).abs() + 0.5, vector(1, channels), vector(2, channels), eps=0.001)


def average_same(x):
    ones = torch.ones_like(x)
    pad = lambda t: same(t, (3, 3), 2)
    return F.avg_pool2d(pad(x), 3, 2) / F.avg_pool2d(pad(ones), 3, 2)


def transposed(stride, padding, size):
    """The gradient of a convolution by its input, by autograd."""
    weight = oihw(ramp(3, 3, 5, 4, start=5))
    x = torch.zeros(2, 5, *size, requires_grad=True)
    y = F.conv2d(same(x, (3, 3), stride) if padding == "SAME" else x, weight, stride=stride)
    y.backward(picture)
    return last(x.grad)


def depthwise(x, multiplier):
    weight = ramp(3, 3, 4, multiplier, start=5).permute(2, 3, 0, 1).reshape(4 * multiplier, 1, 3, 3)
    return F.conv2d(same(x, (3, 3), 1), weight, groups=4)


def squeeze_and_excite():
    x = F.conv2d(picture, oihw(kernel))
    gate = torch.sigmoid(F.conv2d(x.mean((2, 3), keepdim=True), oihw(ramp(1, 1, 6, 6, start=9))))
    return last(x * gate)


def nearest(size, center):
    """`floor((i + center) * in / out)` along both axes."""
    rows, columns = (
        [min(int(np.floor((index + center) * old / new)), old - 1) for index in range(new)] for old, new in zip((7, 6), size)
    )
    return last(picture)[:, rows][:, :, columns]


conv = lambda x: F.conv2d(x, oihw(kernel))
array = ramp(3, 4, 5).numpy()
flat = ramp(2, 3, 4)
matrix = ramp(3, 4)
cases = {
    "Conv2D SAME stride 2": last(F.conv2d(same(picture, (3, 2), 2), oihw(kernel), stride=2)),
    "Conv2D SAME dilated": last(F.conv2d(same(picture, (3, 2), 1, 2), oihw(kernel), dilation=2)),
    "Conv2D VALID": last(conv(picture)),
    "Conv2D EXPLICIT": last(F.conv2d(F.pad(picture, (0, 3, 1, 2)), oihw(kernel))),
    "Conv2D grouped": last(F.conv2d(picture, oihw(ramp(3, 2, 2, 6, start=5)), groups=2)),
    "Conv2D NCHW": F.conv2d(ramp(2, 4, 7, 6), oihw(kernel)),
    "depthwise with multiplier": last(depthwise(picture, 2)),
    "transposed SAME": transposed(2, "SAME", (14, 11)),
    "transposed VALID": transposed(2, "VALID", (15, 13)),
    "MaxPool SAME": last(F.max_pool2d(same(picture, (3, 3), 2, value=-9.0), 3, 2)),
    "AvgPool SAME": last(average_same(picture)),
    "FusedBatchNorm": last(batch_norm(picture, 4)),
    "unfused batch normalisation": last(batch_norm(conv(picture), 6)),
    "squeeze and excite": squeeze_and_excite(),
    "free reshape": last(conv(picture)).reshape(2, -1),
    "concat, bias and pad behind a convolution": F.pad(
        last(torch.cat([conv(picture), F.relu(conv(picture))], 1)) + vector(3, 12), (0, 0, 1, 2, 2, 0)
    ),
    "split channels": last(conv(picture)[:, 2:4]),
    "bilinear by half pixels": last(F.interpolate(picture, (14, 9), mode="bilinear", align_corners=False)),
    "bilinear by corners": last(F.interpolate(picture, (14, 9), mode="bilinear", align_corners=True)),
    "nearest from corners": nearest((14, 9), 0.0),
    "nearest by half pixels": nearest((10, 9), 0.5),
    "dilated by batches": last(F.conv2d(ramp(2, 4, 8, 8).permute(0, 1, 2, 3), oihw(ramp(3, 3, 4, 6, start=5)), dilation=2)),
    "subscript": torch.from_numpy(array[1:, ::-2, None, 3].copy()),
    "subscript with ellipsis": torch.from_numpy(array[..., -1].copy()),
    "products": flat @ matrix.T,
    "elementwise": torch.rsqrt(flat.square() + 1) * torch.where(flat > 0.1, flat, F.elu(flat) - F.selu(flat))
    + torch.maximum(flat, -flat) / (2 + torch.erf(flat)) + F.relu6(10 * flat) - F.leaky_relu(flat, 0.3) + F.softplus(flat),
    "softmax over channels": last(torch.softmax(conv(picture), 1)),
    "reductions": flat.mean(-1) + flat.sum(2) * flat.amax(2) - flat.amin(2) + flat.prod(2),
    "gathered rows": matrix[[2, 0, 2]],
    "division that rounds down": torch.div(5 * flat, torch.tensor(-0.7), rounding_mode="floor") + torch.remainder(flat, -0.7),
    "whole division that rounds down": torch.div((9 * flat).int(), -4, rounding_mode="floor") + torch.remainder((9 * flat).int(), -4),
    "normalised across channels": last(F.local_response_norm(picture, 3, alpha=0.6, beta=0.75, k=2.0)),
    "dense layer on three axes": (flat.reshape(-1, 4) @ ramp(4, 5, start=5)).reshape(2, 3, 5) + vector(3, 5),
    "stacked and unstacked": torch.stack([flat[:, 1], flat[:, 0]], 1),
}
rounded = {name: [round(float(value), 6) for value in result.detach().flatten()] for name, result in cases.items()}
print(json.dumps(rounded, separators=(",", ":")).replace('],"', '],\n"'))
