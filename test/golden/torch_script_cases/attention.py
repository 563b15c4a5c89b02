"""Attention by itself, in encoders, and over padded sentences, scripted and traced."""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.attention(x, x, x)
        return self.norm(x + y)


class Padded(nn.Module):
    """Sentences of several lengths: word 0 is padding. `shows_all` gives what the encoder makes of padding, too."""

    def __init__(self, shows_all: bool):
        super().__init__()
        self.shows_all = shows_all
        self.table = nn.Embedding(11, 8)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)

    def forward(self, words: Tensor) -> Tensor:
        is_padding = words == 0
        encoded = self.encoder(self.table(words), src_key_padding_mask=is_padding)
        if self.shows_all:
            return encoded
        kept = (~is_padding).unsqueeze(-1).to(encoded.dtype)
        return (encoded * kept).sum(1) / kept.sum(1)


def cases():
    torch.manual_seed(3)
    attention, layer = Attention().eval(), nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    script = torch.jit.script
    trace = lambda module, *inputs: torch.jit.trace(module, inputs, check_trace=False)
    steps = lambda n: (torch.randn(n, 5, 8),)
    sentences = (torch.tensor([[3, 1, 4, 1, 5], [9, 2, 0, 0, 0], [6, 5, 3, 0, 0]]),)
    scattered = (torch.tensor([[3, 0, 4, 1, 5], [9, 2, 0, 0, 0]]),)
    with torch.no_grad():
        padded = trace(Padded(True).eval(), *sentences)
    return {
        "attention, scripted": (script(attention), [steps(1), steps(2)], {"shapes": {"": [1, 5, 8]}}),
        "attention, traced": (trace(attention, *steps(1)), [steps(1), steps(2)], {}),
        "encoder layer, scripted": (script(layer), [steps(1), steps(2)], {"shapes": {"": [1, 5, 8]}}),
        # A frozen module has no parameters left, and how constants are read tells which were: the bias of attention is
        # read in parts, as no weight is.
        "encoder layer, frozen": (
            torch.jit.freeze(script(layer)),
            [steps(1), steps(2)],
            {"shapes": {"": [1, 5, 8]}, "trainable": sum(w.numel() for w in layer.parameters()) - layer.self_attn.in_proj_bias.numel()},
        ),
        "padded sentences, scripted": (script(Padded(False).eval()), [sentences, scattered], {}),
        "padded sentences, traced": (padded, [sentences], {}),
        "encoder layer, traced": (trace(layer, *steps(1)), [steps(1), steps(2)], {}),
    }
