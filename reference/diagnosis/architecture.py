"""The network of question 3.1 as a reader may take it, and what that reader counts.

A `Reading` is the network as asked unless a field says otherwise. A misconception is a change of fields, so two of them
together are both changes, and the wrong total of either comes out of the same arithmetic. Pure Python, and no torch.
"""

from __future__ import annotations

import msgspec

from reference.network import Network, in_force

PARTS = ("conv", "pool", "fc", "softmax", "image")


class Reading(msgspec.Struct, frozen=True):
    """One way to read the network and to count it; `asked` and `Reading.of` give the right one.

    convolutions:    (name, filters, followed by a pool?) of each.
    fully_connected: (name, units) of each.
    margin:          how many pixels of a side a convolution takes away, whatever its kernel.
    padding:         pixels of padding around every map, in place of the margin; None: the margin says it.
    pools:           how many pools are done: the first ones if fewer than the network has, the rest at the end if more.
    every_input:     the input channels of every convolution, or None: the filters of the layer before.
    taken_as:        (name, input channels) of one convolution, or None.
    kernel_sides:    2: kernel x kernel weights, 1: kernel weights.
    flat:            (sides of the map, channels) that make up the input to the first fully connected layer; None: all.
    conv_bias:       "filter", "none", "layer" (one in all) or "pixel" (one per output).
    fc_bias:         "unit", "none", "layer" (one in all) or "input" (in the first layer: one per input).
    softmax:         "none", "weights" (a layer of them), "layer" (weights and biases), "class" (one per class) or
                     "two" (two per class).
    pool_parameters: "none", "pool" (one per cell of the window) or "channel" (the same for every channel).
    batch_norm:      parameters per filter of a convolution.
    parts:           what is counted: kinds of layer, the softmax, the image; "fc NAME" for one fully connected layer.
    quantity:        "parameters", "connections", "neurons", or "values": neurons, input and outputs of the pools.
    """

    channels: int
    height: int
    width: int
    convolutions: tuple[tuple[str, int, bool], ...]
    fully_connected: tuple[tuple[str, int], ...]
    kernel: int
    margin: int
    pools: int
    pool: int
    pool_stride: int
    stride: int = 1
    padding: int | None = None
    every_input: int | None = None
    taken_as: tuple[str, int] | None = None
    kernel_sides: int = 2
    flat: tuple[int, int | None] = (2, None)
    conv_bias: str = "filter"
    fc_bias: str = "unit"
    softmax: str = "none"
    pool_parameters: str = "none"
    batch_norm: int = 0
    parts: tuple[str, ...] = PARTS
    quantity: str = "parameters"

    @classmethod
    def of(cls, network: Network) -> Reading:
        """The right reading of a network."""
        channels, height, width = network.image
        return cls(
            channels=channels,
            height=height,
            width=width,
            convolutions=network.convolutions,
            fully_connected=network.fully_connected,
            kernel=network.kernel,
            margin=network.kernel - 1 - 2 * network.padding,
            pools=sum(pooled for _, _, pooled in network.convolutions),
            pool=network.pool,
            pool_stride=network.pool_stride,
            stride=network.stride,
            conv_bias="filter" if network.conv_bias else "none",
            fc_bias="unit" if network.fc_bias else "none",
        )


def asked() -> Reading:
    """The right reading of the network that the homework asks for. NetworkError: its constants make none."""
    return Reading.of(in_force())


class Layer(msgspec.Struct, frozen=True):
    """A layer as the reader sees it: `outputs` kinds of unit with `fan_in` weights each, on a map of height x width.

    kind: "conv", "pool" (fan_in: the cells of its window) or "fc" (height = width = 1).
    """

    name: str
    kind: str
    fan_in: int
    outputs: int
    height: int = 1
    width: int = 1


def layers(reading: Reading) -> list[Layer]:
    """The layers in order. ValueError: the convolutions and pools leave nothing of the image."""
    found = []
    channels, height, width = reading.channels, reading.height, reading.width
    cells = reading.kernel**reading.kernel_sides
    lost = reading.margin if reading.padding is None else reading.kernel - 1 - 2 * reading.padding
    pools_left, last = reading.pools, reading.convolutions[-1]
    for convolution in reading.convolutions:
        name, filters, pooled = convolution
        height, width = _slide(height - lost, 1, reading.stride), _slide(width - lost, 1, reading.stride)
        found.append(Layer(name, "conv", cells * _inputs(reading, name, channels), filters, height, width))
        channels = filters
        for _ in range(pools_left if convolution is last else min(pooled, pools_left)):
            height = _slide(height, reading.pool, reading.pool_stride)
            width = _slide(width, reading.pool, reading.pool_stride)
            found.append(Layer("pool", "pool", reading.pool**2, channels, height, width))
            pools_left -= 1
    sides, flat_channels = reading.flat
    inputs = (1, width, height * width)[sides] * (channels if flat_channels is None else flat_channels)
    for name, units in reading.fully_connected:
        found.append(Layer(name, "fc", inputs, units))
        inputs = units
    return found


def count(reading: Reading) -> dict[str, int]:
    """The number this reader gives for each layer, and for the total, which may include what is in none of them.

    ValueError: the convolutions and pools leave nothing of the image.
    """
    number = _QUANTITIES[reading.quantity]
    counted = [
        layer for layer in layers(reading) if not {layer.kind, f"{layer.kind} {layer.name}"}.isdisjoint(reading.parts)
    ]
    numbers = [(layer, number(reading, layer)) for layer in counted]
    counts = {layer.name: one for layer, one in numbers if layer.kind != "pool"}
    return {**counts, "total": sum(one for _, one in numbers) + _beside(reading, counted)}


def _parameters(reading: Reading, layer: Layer) -> int:
    if layer.kind == "pool":
        shared = {"none": 0, "pool": 1, "channel": layer.outputs}
        return layer.fan_in * shared[reading.pool_parameters]
    return layer.fan_in * layer.outputs + _biases(reading, layer)


def _biases(reading: Reading, layer: Layer) -> int:
    rule = reading.conv_bias if layer.kind == "conv" else reading.fc_bias
    if rule == "none":
        return 0
    if rule == "layer":
        return 1
    if rule == "pixel":
        return layer.outputs * layer.height * layer.width
    if rule == "input" and layer.name == reading.fully_connected[0][0]:
        return layer.fan_in
    return layer.outputs


def _connections(reading: Reading, layer: Layer) -> int:
    return 0 if layer.kind == "pool" else layer.fan_in * layer.outputs * layer.height * layer.width


def _neurons(reading: Reading, layer: Layer) -> int:
    return 0 if layer.kind == "pool" else _values(reading, layer)


def _values(reading: Reading, layer: Layer) -> int:
    return layer.outputs * layer.height * layer.width


_QUANTITIES = {"parameters": _parameters, "connections": _connections, "neurons": _neurons, "values": _values}


def _beside(reading: Reading, counted: list[Layer]) -> int:
    """What is counted in the total but in no layer: batch norm, the softmax, the image."""
    if reading.quantity == "values" and "image" in reading.parts:
        return reading.channels * reading.height * reading.width
    if reading.quantity != "parameters":
        return 0
    normalised = sum(layer.outputs for layer in counted if layer.kind == "conv") if reading.batch_norm else 0
    classes = reading.fully_connected[-1][1] if "softmax" in reading.parts else 0
    own = {"none": 0, "weights": classes**2, "layer": classes**2 + classes, "class": classes, "two": 2 * classes}
    return reading.batch_norm * normalised + own[reading.softmax]


def _slide(side: int, window: int, stride: int) -> int:
    """How many windows fit into a side at this stride."""
    if side < window:
        raise ValueError(f"a window of {window} does not fit into a side of {side}")
    return (side - window) // stride + 1


def _inputs(reading: Reading, name: str, channels: int) -> int:
    if reading.every_input is not None:
        return reading.every_input
    return reading.taken_as[1] if reading.taken_as is not None and reading.taken_as[0] == name else channels
