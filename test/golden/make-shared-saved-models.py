"""What TensorFlow computes for every signature of the SavedModels that others have made.

Usage: python3 make-shared-saved-models.py ../../../shared/data/savedmodel    (writes shared-saved-models.json.br)
Made with Python 3.11, tensorflow 2.21.
"""

import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "saved-models"))

import tensorflow as tf

from recorder import Recorder, given, seen

v1 = tf.compat.v1
# Signatures that read examples packed as text, and those that change a variable.
REFUSED = {"ParseExample": "E_TF_OPERATOR", "ParseExampleV2": "E_TF_OPERATOR", "AssignAdd": "E_TF_STATE", "Assign": "E_TF_STATE"}


def needed(outputs, fed):
    """Operators that the outputs depend on, beyond what is fed."""
    waiting, met = list(outputs), set()
    while waiting:
        tensor = waiting.pop()
        if tensor.name not in fed and tensor.op not in met:
            met.add(tensor.op)
            waiting += tensor.op.inputs
    return {operation.type for operation in met}


def spec_of(info):
    shape = [2, 3] if info.tensor_shape.unknown_rank else [None if dim.size < 0 else dim.size for dim in info.tensor_shape.dim]
    return tf.TensorSpec(shape, tf.dtypes.as_dtype(info.dtype))


def case(name, key, signature, session):
    graph = session.graph
    outputs = {output: graph.get_tensor_by_name(info.name) for output, info in signature.outputs.items()}
    operators = needed(outputs.values(), {info.name for info in signature.inputs.values()})
    refused = next((code for operator, code in REFUSED.items() if operator in operators), None)
    if refused:
        return {"folder": name, "signature": key, "refused": refused, "runs": []}
    runs = []
    for batch in (2, 3):
        inputs = {
            slot: given(spec_of(info), [batch], index + 1, 100) for index, (slot, info) in enumerate(sorted(signature.inputs.items()))
        }
        feeds = {signature.inputs[slot].name: value for slot, (_, value) in inputs.items()}
        values = session.run(outputs, feeds)
        runs.append(
            {
                "inputs": {slot: told for slot, (told, _) in inputs.items()},
                "outputs": {output: seen(value) for output, value in values.items()},
            }
        )
    return {"folder": name, "signature": key, "runs": runs}


recorder = Recorder()
for folder in sorted(Path(sys.argv[1]).iterdir()):
    with tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        meta = v1.saved_model.loader.load(session, ["serve"], str(folder))
        for key, signature in sorted(meta.signature_def.items()):
            if not key.startswith("__saved_model"):
                recorder.cases.append(case(folder.name, key, signature, session))
recorder.write(HERE / "shared-saved-models.json.br")
