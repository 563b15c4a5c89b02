"""Saves models of torchvision and timm in every form of PyTorch, with what PyTorch counts and computes for them.

    python3 test/golden/make-torch-models.py <folder> [--forms traced.pt,...] [name ...]    # all of torchvision's, then TIMM
    npm run check:torch -- <folder> [--table file.md] [name ...]

A folder of a model holds scripted.pt, traced.pt, exported.pt2 (as far as PyTorch and the model allow), input.bin and
output.bin (three samples, float32) and model.json: parameters and buffers, and the multiply-accumulates that every convolution
and matrix product of one sample has in PyTorch's dispatcher. Weights are random, from a seed. Pictures are small to save time.

Needs torch 2.13, torchvision and timm.
"""

import argparse
import json
import warnings
from pathlib import Path

import torch
from torch.utils._python_dispatch import TorchDispatchMode

# torchvision without its compiled part: the one operator that it registers in Python needs its name.
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm  # noqa: E402
import torchvision  # noqa: E402

aten = torch.ops.aten
TIMM = """vit_tiny_patch16_224 deit_tiny_distilled_patch16_224 deit3_small_patch16_224 beit_base_patch16_224
swin_tiny_patch4_window7_224 swinv2_tiny_window8_256 convnext_atto convnextv2_atto efficientnet_b0 tf_efficientnetv2_b0
mobilenetv3_large_100 mobilenetv4_conv_small mobilevit_xxs regnety_002 resnext50_32x4d resnet18 resnet50d seresnet18 densenet121
mixer_s16_224 resmlp_12_224 gmlp_ti16_224 poolformer_s12 ghostnet_100 levit_128s xcit_nano_12_p16_224 cait_xxs24_224 coat_tiny
crossvit_9_240 edgenext_xx_small efficientformer_l1 fastvit_t8 hardcorenas_a hgnetv2_b0 hrnet_w18_small inception_v4 lcnet_050
maxvit_tiny_tf_224 mvitv2_tiny nf_regnet_b0 pit_ti_224 pvt_v2_b0 repvgg_a0 res2net50_26w_4s rexnet_100 sebotnet33ts_256
selecsls42b skresnet18 tnt_s_patch16_224 twins_pcpvt_small visformer_tiny volo_d1_224 vgg11 xception41""".split()
# What is built for one size of picture keeps it; the others are shown small ones.
FIXED = {"inception_v3": 96, "inception_v4": 96, "maxvit_t": 224, "xception41": 96}
SMALL = 64


class MacCounter(TorchDispatchMode):
    """Adds up multiply-accumulates of convolutions and matrix products, without bias, padding not excluded."""

    def __init__(self):
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        result = operator(*args, **(kwargs or {}))
        self.macs += macs_of(operator, args, result)
        return result


def macs_of(operator, args, result):
    if operator in (aten.convolution.default, aten._convolution.default):
        return (args[0] if args[6] else result).numel() * args[1][0].numel()
    if operator == aten.mm.default:
        return args[0].numel() * args[1].shape[1]
    if operator == aten.addmm.default:
        return args[1].numel() * args[2].shape[1]
    if operator == aten.bmm.default:
        return args[0].numel() * args[1].shape[2]
    if operator == aten.baddbmm.default:
        return args[1].numel() * args[2].shape[2]
    return 0


def built(name):
    """Gives the model and the size of its pictures."""
    if name.startswith("timm:"):
        model = timm.create_model(name.removeprefix("timm:"), pretrained=False)
        given = model.pretrained_cfg
        is_fixed = given.get("fixed_input_size") or given["input_size"][1] > 224
        return model, FIXED.get(name.removeprefix("timm:"), given["input_size"][1] if is_fixed else SMALL)
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    if name.startswith("vit_"):
        options["image_size"] = 112 if name.endswith("14") else 64
    size = options.get("image_size", FIXED.get(name, SMALL))
    return torchvision.models.get_model(name, weights=None, **options), size


def stirred(model):
    """Statistics and small factors that are not what they are at first."""
    for key, buffer in model.named_buffers():
        if key.endswith("running_mean"):
            buffer.normal_(0, 0.1)
        if key.endswith("running_var"):
            buffer.uniform_(0.7, 1.3)
    for parameter in model.parameters():
        if parameter.dim() == 1 or not parameter.any():
            parameter.data.add_(torch.randn_like(parameter) * 0.02)
    return model.eval()


def forms(model, pictures):
    yield "scripted.pt", lambda path: torch.jit.script(model).save(path)
    yield "traced.pt", lambda path: torch.jit.trace(model, pictures[:2]).save(path)
    batch = torch.export.Dim("N", min=1, max=64)
    yield "exported.pt2", lambda path: torch.export.save(
        torch.export.export(model, (pictures[:2],), dynamic_shapes=({0: batch},)), path
    )


def make(folder, name, wanted):
    torch.manual_seed(0)
    model, size = built(name)
    model = stirred(model)
    target = folder / name.replace(":", "-")
    target.mkdir(parents=True, exist_ok=True)
    pictures = torch.randn(3, 3, size, size)
    counter = MacCounter()
    with torch.no_grad(), torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        with counter:
            model(pictures[:1])
        result = model(pictures)
    counts = {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "buffers": sum(buffer.numel() for buffer in model.buffers()),
        "macs": counter.macs,
        "size": size,
        "refused": {},
    }
    for file, save in forms(model, pictures):
        if file not in wanted or (name.startswith("timm:") and file == "scripted.pt"):
            continue
        try:
            with torch.no_grad():
                save(str(target / file))
        except Exception as error:  # what PyTorch itself cannot save is no matter of ours
            counts["refused"][file] = str(error).strip().splitlines()[0][:200]
    (target / "input.bin").write_bytes(pictures.numpy().tobytes())
    (target / "output.bin").write_bytes(result.contiguous().numpy().tobytes())
    (target / "model.json").write_text(json.dumps(counts))
    print(name, counts, flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.backends.mha.set_fastpath_enabled(False)
    vision = torchvision.models.list_models(module=torchvision.models)
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--forms", default="scripted.pt,traced.pt,exported.pt2")
    options.add_argument("names", nargs="*")
    asked = options.parse_intermixed_args()
    for name in asked.names or [*vision, *(f"timm:{name}" for name in TIMM)]:
        make(asked.folder, name, asked.forms.split(","))
