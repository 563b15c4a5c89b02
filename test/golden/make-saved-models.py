"""Small SavedModels of real TensorFlow, with what TensorFlow computes for two batch sizes and counts of them.

Usage: python3 make-saved-models.py > /dev/null    (writes saved-models.json.gz beside this script)
Made with Python 3.11, tensorflow 2.21, keras 3.15.
"""

import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "saved-models"))

from operators import GROUPS
from recorder import Recorder, save_functions

recorder = Recorder()
for name, table in GROUPS.items():
    save_functions(recorder, name, table)
recorder.write(HERE / "saved-models.json.gz")
