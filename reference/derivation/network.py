"""The network of question 3.1 as torch sees it, and the number of its parameters.

torch is an instructor's dependency: grading reads reference/key.json, which `python -m reference.derivation.key` writes
from here.
"""

from __future__ import annotations

import torch
from torch import nn

from reference.network import Network


def sequence(asked: Network) -> nn.Sequential:
    """The network as torch runs it, on the meta device: shapes without memory.

    The number of inputs to the first fully connected layer is the size of what the convolutions give for one image.
    """
    with torch.device("meta"):
        layers: list[nn.Module] = []
        channels = asked.image[0]
        for _, filters, pooled in asked.convolutions:
            layers += [
                nn.Conv2d(channels, filters, asked.kernel, asked.stride, asked.padding, bias=asked.conv_bias),
                nn.ReLU(),
            ]
            if pooled:
                layers.append(nn.MaxPool2d(asked.pool, asked.pool_stride))
            channels = filters
        layers.append(nn.Flatten())
        inputs = nn.Sequential(*layers)(torch.empty(1, *asked.image)).shape[1]
        for _, units in asked.fully_connected:
            layers += [nn.Linear(inputs, units, bias=asked.fc_bias), nn.ReLU()]
            inputs = units
        return nn.Sequential(*layers[:-1], nn.Softmax(dim=1))


def parameter_counts(asked: Network) -> dict[str, int]:
    """The number of parameters of each layer that has any, in order, and their total (question 3.1)."""
    numbers = [sum(p.numel() for p in layer.parameters()) for layer in sequence(asked)]
    counts = dict(zip(asked.names, filter(None, numbers), strict=True))
    return {**counts, "total": sum(counts.values())}
