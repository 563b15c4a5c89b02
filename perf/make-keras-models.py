"""Makes the models that perf/load.mjs opens: ResNet-50 with random weights, in the three forms that Keras saves.

    python perf/make-keras-models.py [folder]

Needs tensorflow and keras (2.21 and 3.15 made those of the README). The folder is `perf/models` unless named.
"""
import pathlib
import sys

import keras

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / 'models')
folder.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(7)
model = keras.applications.ResNet50(weights=None)
model.save(folder / 'resnet50.h5')
model.save(folder / 'resnet50.keras')
model.export(folder / 'resnet50_saved_model')
