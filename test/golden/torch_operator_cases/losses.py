"""Losses of outputs and targets."""

import torch

from torch_recorder import inputs, record, weights

NONE, MEAN, SUM = 0, 1, 2


def cases():
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
        for reduction in (NONE, MEAN, SUM):
            record(name, inputs(3, 4), inputs(3, 4), reduction, free=None)
    record("smooth_l1_loss", inputs(3, 4), inputs(3, 4), MEAN, 0.4, free=None)
    record("smooth_l1_loss", inputs(3, 4), inputs(3, 4), MEAN, 0.0, free=None)
    record("huber_loss", inputs(3, 4), inputs(3, 4), MEAN, 0.7, free=None)
    shares = lambda *shape: inputs(*shape, low=0.1, high=0.9)
    truth = (inputs(3, 4) > 0).float()
    for reduction in (NONE, MEAN, SUM):
        record("binary_cross_entropy", shares(3, 4), truth, None, reduction, free=None)
        record("binary_cross_entropy_with_logits", inputs(3, 4), truth, None, None, reduction, free=None)
        record("kl_div", inputs(3, 4), shares(3, 4), reduction, free=None)
    record("binary_cross_entropy", truth, shares(3, 4), weights(4), MEAN, free=None)
    record("binary_cross_entropy_with_logits", inputs(3, 4), shares(3, 4), weights(4), weights(4), MEAN, free=None)
    record("kl_div", inputs(3, 4), inputs(3, 4), MEAN, log_target=True, free=None)
    record("kl_div", inputs(3, 4), truth, SUM, free=None)
    classes = torch.tensor([2, 0, 3])
    for reduction in (NONE, MEAN, SUM):
        record("cross_entropy_loss", inputs(3, 4), classes, None, reduction, free=None)
        record("cross_entropy_loss", inputs(3, 4), classes, weights(4, low=0.1), reduction, free=None)
        record("cross_entropy_loss", inputs(3, 4), shares(3, 4), None, reduction, free=None)
        record("cross_entropy_loss", inputs(4), torch.tensor(1), None, reduction, free=None)
        record("nll_loss_nd", inputs(3, 4), classes, None, reduction, -100, free=None)
        record("nll_loss", inputs(3, 4), classes, weights(4, low=0.1), reduction, 0, free=None)
    record("cross_entropy_loss", inputs(3, 4), torch.tensor([2, -100, 3]), free=None)
    record("cross_entropy_loss", inputs(2, 4, 3), torch.tensor([[2, 1, 0], [0, 3, 3]]), None, MEAN, 3, free=None)
    record("nll_loss2d", inputs(2, 4, 1, 3), torch.tensor([[[2, 1, 0]], [[0, 3, 3]]]), None, MEAN, -100, free=None)
    record("cross_entropy_loss", inputs(3, 4), classes, None, MEAN, -100, 0.1, refused=True)
    record("cross_entropy_loss", inputs(3, 4), shares(3, 4), weights(4), refused=True)
