"""The PyTorch side of perf/training.mjs: takes training steps when told to, and tells how long each took.

    python perf/training-torch.py NETWORK BATCH THREADS [channels_last]

Each line of the input is a number of steps; each line of the output their seconds and the process's memory, as JSON.
"""
import json
import sys
import time

import torch
from torch.nn import functional

from training_models import NETWORKS


def status(key):
    for line in open('/proc/self/status'):
        if line.startswith(key):
            return int(line.split()[1]) * 1024


network, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
layout = torch.channels_last if 'channels_last' in sys.argv else torch.contiguous_format
torch.set_num_threads(threads)
torch.manual_seed(7)
make, sizes, classes = NETWORKS[network]
baseline = status('VmRSS')
model = make().train().to(memory_format=layout)
image = torch.rand(batch, *sizes).to(memory_format=layout)
target = torch.randint(classes, (batch,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def step():
    start, cpu = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    loss = functional.cross_entropy(model(image), target)
    loss.backward()
    optimizer.step()
    value = loss.item()
    return time.perf_counter() - start, time.process_time() - cpu, value


for line in sys.stdin:
    taken = [step() for _ in range(int(line))]
    wall, cpu, loss = zip(*taken)
    answer = {'seconds': wall, 'cpu': cpu, 'loss': loss[-1],
              'baseline': baseline, 'peak': status('VmHWM')}
    print(json.dumps(answer), flush=True)
