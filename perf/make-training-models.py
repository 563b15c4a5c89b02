"""Makes the models that perf/training.mjs trains: ONNX files of the networks of training_models.py.

    python perf/make-training-models.py [folder]

Needs torch and onnx (2.13 and 1.23 made those of the README). The folder is `perf/training-models` unless named.
"""
import pathlib
import sys

import torch

from training_models import NETWORKS

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / 'training-models')
folder.mkdir(parents=True, exist_ok=True)
for name, (make, image, _) in NETWORKS.items():
    torch.manual_seed(7)
    torch.onnx.export(
        make().train(), torch.zeros(2, *image), str(folder / f'{name}.onnx'), dynamo=False, opset_version=17,
        training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False,
        input_names=['image'], output_names=['logits'], dynamic_axes={'image': {0: 'N'}, 'logits': {0: 'N'}})
