"""Published accuracy and multiply-accumulates of torchvision's ImageNet classifiers, for the reference line of the grades.

Needs torchvision (written with 0.28); reads what its weights say of themselves and downloads nothing:
    python make-reference-models.py > reference-models.json
"""
import json

from torchvision.models import get_model_weights, list_models
import torchvision.models as models

rows = []
for name in list_models(module=models):
    weights = next((one for one in get_model_weights(name) if one.name == "IMAGENET1K_V1"), None)
    if weights is None:
        continue
    rows.append({
        "model": name,
        "top1": round(weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100, 5),
        "gigamacs": weights.meta["_ops"],
    })
print(json.dumps(rows, indent=1))
