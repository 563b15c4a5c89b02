"""The peer of perf/images.mjs: decodes and prepares a folder as a torchvision user would, once per line of its input.

A line is JSON, `{"folder": path, "threads": 2}`; the answer is a line of JSON with seconds, CPU seconds and images.
With `"pixels": path` the 8-bit pixels `[images, 224, 224, 3]` are written there instead.
"""
import json
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import torch
from PIL import Image
from torchvision import transforms

torch.set_num_threads(1)
resize = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
normalize = transforms.Compose([
    transforms.ToTensor(),
    transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
])


def pixels(path):
    with Image.open(path) as image:
        return resize(image.convert('RGB'))


def tensor(path):
    return normalize(pixels(path))


for line in sys.stdin:
    order = json.loads(line)
    paths = sorted(pathlib.Path(order['folder']).iterdir())
    if 'pixels' in order:
        numpy.stack([numpy.asarray(pixels(path)) for path in paths]).tofile(order['pixels'])
        print(json.dumps({}), flush=True)
        continue
    with ThreadPoolExecutor(order['threads']) as pool:
        list(pool.map(tensor, paths[:order['threads']]))
        wall, cpu = time.perf_counter(), time.process_time()
        for batch in range(0, len(paths), 32):
            torch.stack(list(pool.map(tensor, paths[batch:batch + 32])))
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({'seconds': seconds, 'cpuSeconds': cpu_seconds, 'images': len(paths)}), flush=True)
