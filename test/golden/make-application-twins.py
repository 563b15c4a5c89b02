"""Multiply-accumulates of PyTorch's editions of the architectures of keras.applications, as PyTorch's dispatcher sees them.

The ResNets are left out: Keras puts their strides into other convolutions. NASNetMobile has no edition.

Usage: python3 make-application-twins.py > application-twins.json
Made with PyTorch 2.13, torchvision 0.28, timm 1.0.
"""

import json

import timm
import torch
import torchvision
from torch.utils.flop_counter import FlopCounterMode

TORCHVISION = {
    "VGG16": "vgg16", "VGG19": "vgg19", "DenseNet121": "densenet121", "DenseNet169": "densenet169", "DenseNet201": "densenet201",
    "MobileNetV2": "mobilenet_v2", "MobileNetV3Small": "mobilenet_v3_small", "MobileNetV3Large": "mobilenet_v3_large",
    "InceptionV3": "inception_v3", "ConvNeXtTiny": "convnext_tiny", "ConvNeXtSmall": "convnext_small",
    "ConvNeXtBase": "convnext_base", "ConvNeXtLarge": "convnext_large",
}
TIMM = {
    **{f"EfficientNetB{n}": f"tf_efficientnet_b{n}" for n in range(8)},
    **{f"EfficientNetV2{n.upper()}": f"tf_efficientnetv2_{n}" for n in ("b0", "b1", "b2", "b3", "s", "m", "l")},
    "InceptionResNetV2": "inception_resnet_v2", "Xception": "legacy_xception", "NASNetLarge": "nasnetalarge", "ConvNeXtXLarge": "convnext_xlarge",
    "MobileNet": "mobilenetv1_100",
}
SIZES = {
    **{f"EfficientNetB{n}": size for n, size in enumerate((224, 240, 260, 300, 380, 456, 528, 600))},
    **{f"EfficientNetV2{n}": size for n, size in zip(("B1", "B2", "B3", "S", "M", "L"), (240, 260, 300, 384, 480, 480))},
    "InceptionV3": 299, "InceptionResNetV2": 299, "Xception": 299, "NASNetLarge": 331,
}


def macs(model, size):
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        model.eval()(torch.empty(1, 3, size, size, device="meta"))
    return counter.get_total_flops() // 2


found = {}
with torch.device("meta"):
    for name, edition in {**TORCHVISION, **TIMM}.items():
        model = getattr(torchvision.models, edition)() if name in TORCHVISION else timm.create_model(edition)
        found[name] = macs(model, SIZES.get(name, 224))
print(json.dumps(found, indent=2))
