"""Makes the models that perf/engines.mjs runs: applications of Keras with random weights, as .h5.

    python perf/make-engine-models.py [folder]

Needs tensorflow and keras (2.21 and 3.15 made those of the README). The folder is `perf/engine-models` unless named.
"""
import pathlib
import sys

import keras

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / 'engine-models')
folder.mkdir(parents=True, exist_ok=True)
for name in ('MobileNetV2', 'ResNet50', 'EfficientNetB0'):
    keras.utils.set_random_seed(7)
    getattr(keras.applications, name)(weights=None).save(folder / f'{name}.h5')
