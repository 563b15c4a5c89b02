"""Small SavedModels of real TensorFlow, with what TensorFlow computes for two batch sizes and counts of them.

Usage: python3 make-saved-models.py    (writes saved-models*.json.br beside this script)
Made with Python 3.11, tensorflow 2.21, keras 3.15 and Node, which packs the files.
"""

import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "saved-models"))

from graphs import save_graphs
from networks import save_networks
from operators import GROUPS
from recorder import Recorder, save_functions
from refused import save_refused

operators = Recorder()
for name, table in GROUPS.items():
    save_functions(operators, name, table)
operators.write(HERE / "saved-models.json.br")

networks = Recorder()
save_networks(networks)
networks.write(HERE / "saved-models-keras.json.br")

graphs = Recorder()
save_graphs(graphs)
graphs.write(HERE / "saved-models-graphs.json.br")

refused = Recorder()
save_refused(refused)
refused.write(HERE / "saved-models-refused.json.br")
