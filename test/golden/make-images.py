"""Writes images.json: what Pillow and torchvision make of images, for test/images.

    python3 test/golden/make-images.py > test/golden/images.json && npx biome format --write test/golden/images.json

Needs Pillow 9.4 and torchvision 0.14; files come from ../shared/data/images beside the checkout. Pixels are kept as
SHA-256 of their bytes, row-major with channels side by side, since they are to be equal bit for bit.
"""
import hashlib
import json
import pathlib
import sys

import numpy
from PIL import Image, ImageOps
from torchvision import transforms
from torchvision.transforms import functional

SHARED = pathlib.Path(__file__).resolve().parents[2] / '../shared/data/images'
LARGEST = 50_000_000


def digest(image):
    return hashlib.sha256(numpy.asarray(image).tobytes()).hexdigest()


def pattern(width, height, channels):
    """Bytes of the linear congruential generator of the C standard; the tests make the same ones."""
    state, values = 1, bytearray()
    for _ in range(width * height * channels):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(state >> 16 & 255)
    array = numpy.frombuffer(bytes(values), numpy.uint8).reshape(height, width, channels)
    return Image.fromarray(array[:, :, 0] if channels == 1 else array)


def resized():
    cases = [(50, 37, 3, 34, 25), (37, 50, 1, 25, 34), (64, 64, 3, 7, 5), (5, 3, 3, 40, 33), (1, 9, 1, 4, 4),
             (200, 10, 3, 20, 10), (20, 100, 3, 20, 11), (33, 33, 3, 33, 33), (301, 203, 3, 16, 16), (2, 2, 1, 64, 64)]
    for width, height, channels, to_width, to_height in cases:
        image = pattern(width, height, channels).resize((to_width, to_height), Image.BILINEAR)
        yield {'from': [width, height, channels], 'to': [to_width, to_height], 'sha256': digest(image)}


def crops():
    """Size after Resize and left upper corner of CenterCrop."""
    for size, margin in [(224, 256), (299, 342), (32, 37), (28, 32), (384, 439)]:
        for width, height in [(500, 375), (375, 500), (640, 480), (333, 500), (501, 376), (1920, 1080), (32, 32),
                              (100, 101), (101, 100), (1, 3), (3000, 7), (256, 257), (341, 256)]:
            image = functional.resize(Image.new('L', (width, height)), margin)
            place = numpy.arange(image.width)[None, :] + numpy.arange(image.height)[:, None] * 2**20
            corner = numpy.asarray(functional.center_crop(Image.fromarray(place.astype(numpy.int32)), [size, size]))[0, 0]
            yield {'image': [width, height], 'canvas': size, 'resized': list(image.size),
                   'corner': [int(corner) % 2**20, int(corner) // 2**20]}


def normalized():
    """The numbers for all 256 values of each colour, float32, `[3, 256]`."""
    image = Image.fromarray(numpy.arange(256, dtype=numpy.uint8)[None, :, None].repeat(3, axis=2))
    for name, mean, deviation in [('imagenet', [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
                                  ('0.5,0.5', [0.5] * 3, [0.5] * 3), ('0,1', [0] * 3, [1] * 3),
                                  ('0.4914,0.4822,0.4465,0.2023,0.1994,0.201', [0.4914, 0.4822, 0.4465],
                                   [0.2023, 0.1994, 0.201])]:
        prepare = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, deviation)])
        yield {'normalization': name, 'sha256': hashlib.sha256(prepare(image).numpy().tobytes()).hexdigest()}


def files():
    """Whole files as RGB, turned as EXIF says, and their Resize(256) and CenterCrop(224)."""
    prepare = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    for path in sorted(SHARED.rglob('*.*')):
        name = path.relative_to(SHARED).as_posix()
        if name.startswith('cifar10/') and not name.endswith('0000.jpg'):
            continue
        try:
            image = Image.open(path)
            mode = image.mode
            if max(image.size) ** 2 * 256 // min(image.size) > LARGEST or image.width * image.height > LARGEST:
                raise MemoryError
            image = ImageOps.exif_transpose(image).convert('RGB')
        except Exception as error:
            yield {'name': name, 'error': type(error).__name__}
            continue
        yield {'name': name, 'mode': mode, 'size': list(image.size), 'whole': digest(image),
               'prepared': digest(prepare(image)), 'grey': digest(prepare(image).convert('L'))}


if __name__ == '__main__':
    golden = {'resized': list(resized()), 'crops': list(crops()), 'normalized': list(normalized()),
              'files': list(files())}
    json.dump(golden, sys.stdout)
