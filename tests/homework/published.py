"""The network of 3.1 as the homework first asked for it, in literal numbers.

What is known of it (its counts, the wrong totals that people arrive at) judges the arithmetic, so it must not change
when a term asks for another network. Nothing here is read from `reference/convolutional.py`.
"""

from __future__ import annotations

from reference.diagnosis.architecture import Reading
from reference.network import Network

NETWORK = Network(
    image=(3, 224, 224),
    kernel=3,
    stride=1,
    padding=1,
    conv_bias=True,
    pool=2,
    pool_stride=2,
    fc_bias=True,
    convolutions=(("conv1", 64, True), ("conv2", 128, True), ("conv3", 256, False), ("conv4", 256, True)),
    fully_connected=(("fc1", 1024), ("fc2", 1000)),
)

READING = Reading(
    channels=3,
    height=224,
    width=224,
    convolutions=NETWORK.convolutions,
    fully_connected=NETWORK.fully_connected,
    kernel=3,
    margin=0,
    pools=3,
    pool=2,
    pool_stride=2,
)

# as published in the homework's own figures and in the tables of VGG, layer by layer
COUNTS = {
    "conv1": 1_792,
    "conv2": 73_856,
    "conv3": 295_168,
    "conv4": 590_080,
    "fc1": 205_521_920,
    "fc2": 1_025_000,
    "total": 207_507_816,
}
