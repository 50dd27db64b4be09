"""The network of question 3.1 as a reader may take it, and what that reader counts.

A `Reading` is the network as asked unless a field says otherwise. A misconception is a change of fields, so two of them
together are both changes, and the wrong total of either comes out of the same arithmetic. Pure Python, and no torch.
"""

from __future__ import annotations

import msgspec

from reference.convolutional import CONVOLUTIONS, FULLY_CONNECTED, IMAGE, KERNEL, PADDING, POOL


class Reading(msgspec.Struct, frozen=True):
    """One way to read the network and to count it; the defaults are right.

    convolutions:    (name, filters, followed by a pool?) of each.
    fully_connected: (name, units) of each.
    margin:          how many pixels of a side a convolution takes away; None: its kernel - 1, as without padding.
    pools:           how many pools are done: the first ones if fewer than the network has, the rest at the end if more.
    every_input:     the input channels of every convolution, or None: the filters of the layer before.
    taken_as:        (name, input channels) of one convolution, or None.
    kernel_sides:    2: kernel x kernel weights, 1: kernel weights.
    flat:            (sides of the map, channels) that make up the input to the first fully connected layer; None: all.
    conv_bias:       "filter", "none", "layer" (one in all) or "pixel" (one per output).
    fc_bias:         "unit", "none", "layer" (one in all) or "input" (in the first layer: one per input).
    softmax:         0: no parameters, 1: a layer of weights, 2: of weights and biases.
    pool_parameters: "none", "pool" (one per cell of the window) or "channel" (the same for every channel).
    batch_norm:      parameters per filter of a convolution.
    parts:           how the names of the layers begin that are counted.
    quantity:        "parameters", "connections", "neurons", or "values": neurons, input and outputs of the pools.
    """

    channels: int = IMAGE[0]
    height: int = IMAGE[1]
    width: int = IMAGE[2]
    convolutions: tuple[tuple[str, int, bool], ...] = CONVOLUTIONS
    fully_connected: tuple[tuple[str, int], ...] = FULLY_CONNECTED
    kernel: int = KERNEL
    margin: int | None = KERNEL - 1 - 2 * PADDING
    stride: int = 1
    pools: int = sum(pooled for _, _, pooled in CONVOLUTIONS)
    pool: int = POOL
    pool_stride: int = POOL
    every_input: int | None = None
    taken_as: tuple[str, int] | None = None
    kernel_sides: int = 2
    flat: tuple[int, int | None] = (2, None)
    conv_bias: str = "filter"
    fc_bias: str = "unit"
    softmax: int = 0
    pool_parameters: str = "none"
    batch_norm: int = 0
    parts: tuple[str, ...] = ("",)
    quantity: str = "parameters"


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
    lost = reading.kernel - 1 if reading.margin is None else reading.margin
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
    counted = [layer for layer in layers(reading) if layer.name.startswith(reading.parts)]
    counts, total = {}, _beside(reading, counted)
    for layer in counted:
        counts[layer.name] = number(reading, layer)
        total += counts[layer.name]
    counts.pop("pool", None)
    return {**counts, "total": total}


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
    if reading.quantity == "values" and "image".startswith(reading.parts):
        return reading.channels * reading.height * reading.width
    if reading.quantity != "parameters":
        return 0
    normalised = sum(layer.outputs for layer in counted if layer.kind == "conv") if reading.batch_norm else 0
    classes = reading.fully_connected[-1][1] if "softmax".startswith(reading.parts) else 0
    return reading.batch_norm * normalised + (0, classes**2, classes**2 + classes)[reading.softmax]


def _slide(side: int, window: int, stride: int) -> int:
    """How many windows fit into a side at this stride."""
    if side < window:
        raise ValueError(f"a window of {window} does not fit into a side of {side}")
    return (side - window) // stride + 1


def _inputs(reading: Reading, name: str, channels: int) -> int:
    if reading.every_input is not None:
        return reading.every_input
    return reading.taken_as[1] if reading.taken_as is not None and reading.taken_as[0] == name else channels
