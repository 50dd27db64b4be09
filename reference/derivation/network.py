"""The network of question 3.1 as torch sees it, and the number of its parameters.

torch is an instructor's dependency: grading reads reference/key.json, which `python -m reference.derivation.key` writes
from here.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from reference.convolutional import CONVOLUTIONS, FULLY_CONNECTED, IMAGE, KERNEL, PADDING, POOL


def network() -> nn.Sequential:
    """The network of question 3.1, its layers named conv1 ... fc2, on the meta device: shapes without memory.

    The number of inputs to the first fully connected layer is the size of what the convolutions give for one image.
    """
    with torch.device("meta"):
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = IMAGE[0]
        for name, filters, pooled in CONVOLUTIONS:
            layers[name] = nn.Conv2d(channels, filters, KERNEL, padding=PADDING)
            layers[f"relu_{name}"] = nn.ReLU()
            if pooled:
                layers[f"pool_{name}"] = nn.MaxPool2d(POOL, stride=POOL)
            channels = filters
        layers["flatten"] = nn.Flatten()
        inputs = nn.Sequential(layers)(torch.empty(1, *IMAGE)).shape[1]
        for name, units in FULLY_CONNECTED:
            layers[name] = nn.Linear(inputs, units)
            layers[f"relu_{name}"] = nn.ReLU()
            inputs = units
        del layers[f"relu_{name}"]
        layers["softmax"] = nn.Softmax(dim=1)
        return nn.Sequential(layers)


def parameter_counts() -> dict[str, int]:
    """The number of parameters of each layer that has any, in order, and their total (question 3.1)."""
    layers = {name: sum(p.numel() for p in layer.parameters()) for name, layer in network().named_children()}
    counts = {name: number for name, number in layers.items() if number}
    return {**counts, "total": sum(counts.values())}
