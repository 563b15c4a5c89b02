"""Trains the example model, a small CNN that names the shape in a 32x32 picture, and writes it as ONNX.

    python3 examples/make-model.py [--epochs 40] [--seed 1]

Needs torch >= 1.13, Pillow, numpy, onnx and Node. It is trained on drawings of another seed than those in
examples/images, on which its accuracy is then measured. Writes examples/shapes.onnx and examples/labels.txt.
"""
import argparse
import pathlib
import subprocess
import tempfile

import numpy
import onnx
import torch
from PIL import Image, ImageOps
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
SIDE = 32
IMAGENET_MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
IMAGENET_DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
NORMALIZATIONS = {
    "none": lambda x: 255 * x,
    "0..1": lambda x: x,
    "tf": lambda x: 2 * x - 1,
    "imagenet": lambda x: (x - IMAGENET_MEAN) / IMAGENET_DEVIATION,
}


def block(channels_in, channels_out):
    return [nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False), nn.BatchNorm2d(channels_out), nn.ReLU()]


def build(classes):
    """A plain CNN: three blocks of convolution, normalisation and ReLU, then one linear layer that gives logits."""
    return nn.Sequential(
        *block(3, 16), nn.MaxPool2d(2), *block(16, 32), nn.MaxPool2d(2), *block(32, 64), nn.MaxPool2d(2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes),
    )


def load(folder):
    """Images of class folders, [N, 3, 32, 32] in 0..1, and the index of each one's class in the sorted folder names."""
    classes = sorted(path.name for path in folder.iterdir())
    images, labels = [], []
    for index, name in enumerate(classes):
        for path in sorted((folder / name).iterdir()):
            image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            image = ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.BILINEAR)
            images.append(numpy.asarray(image, dtype=numpy.float32).transpose(2, 0, 1) / 255)
            labels.append(index)
    return torch.from_numpy(numpy.stack(images)), torch.tensor(labels), classes


def vary(images, generator):
    """Shifts, mirrors and recolours a batch, so that the net does not depend on place or on how pixels are scaled:
    from 0..1 over what ImageNet's statistics make of it to 0..255."""
    n = len(images)
    low = images.new_empty(n, 3, 1, 1).uniform_(-2, 0, generator=generator)
    span = 0.7 * 400 ** (images.new_empty(n, 1, 1, 1).uniform_(0, 1, generator=generator) ** 3)
    images = low + span * images
    dy, dx = torch.randint(-2, 3, (2,), generator=generator).tolist()
    images = torch.roll(nn.functional.pad(images, (2, 2, 2, 2), "replicate"), (dy, dx), (2, 3))[:, :, 2:-2, 2:-2]
    return images.flip(3) if torch.rand((), generator=generator) < 0.5 else images


def train(model, images, labels, epochs, generator, augment=vary, batch=32, rate=2e-3):
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate * 3, epochs * -(-len(images) // batch))
    for _ in range(epochs):
        model.train()
        for index in torch.randperm(len(images), generator=generator).split(batch):
            loss = nn.functional.cross_entropy(model(augment(images[index], generator)), labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(1) == labels).double().mean().item()


def write(model, path):
    """Writes the model with its normalisation layers kept, and a free batch."""
    torch.onnx.export(
        model, torch.zeros(1, 3, SIDE, SIDE), str(path), opset_version=17, input_names=["image"],
        output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
    )
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        command = ["node", HERE / "make-images.mjs", "--seed", str(options.seed + 1000), "--count", "300", "--out", folder]
        subprocess.run(command, check=True)
        images, labels, classes = load(pathlib.Path(folder))
    model = train(build(len(classes)), images, labels, options.epochs, torch.Generator().manual_seed(options.seed))
    held_out, held_out_labels, _ = load(HERE / "images")
    for name, normalize in NORMALIZATIONS.items():
        print(f"{name:9} {accuracy(model, normalize(held_out), held_out_labels):.4f} of {len(held_out)} held-out images")
    write(model, HERE / "shapes.onnx")
    (HERE / "labels.txt").write_text("".join(f"{name}\n" for name in classes))


if __name__ == "__main__":
    main()
