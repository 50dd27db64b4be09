"""The network of question 3.1, as the constants of `convolutional.py` ask for it, refused where they make none.

The torch network, the template's words, the catalogue and the hints are made of it. Grading needs no more than this:
pure Python, and no torch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from autograder.core.errors import AssignmentError

MODULE = "reference.convolutional"
MOST = 100_000  # of a side, a kernel, filters, units
MOST_LAYERS = 40  # a wrong total is compared with every two misconceptions, and they grow with the layers
MOST_WEIGHTS = 10**12  # of one layer

Convolution = tuple[str, int, bool]  # name, filters, followed by a pool?
Connected = tuple[str, int]  # name, units


class NetworkError(AssignmentError):
    """Constants that make no network: the message says in which file and line, and why."""


class Network(msgspec.Struct, frozen=True):
    """A stack of convolutions and pools, then fully connected layers; see `convolutional.py` for each field."""

    image: tuple[int, int, int]
    kernel: int
    stride: int
    padding: int
    conv_bias: bool
    pool: int
    pool_stride: int
    fc_bias: bool
    convolutions: tuple[Convolution, ...]
    fully_connected: tuple[Connected, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers that have parameters, in order: the keys of the counts, but for the total."""
        return tuple(layer[0] for layer in (*self.convolutions, *self.fully_connected))


def in_force() -> Network:
    """The network that the homework asks for. NetworkError: its constants make none."""
    try:
        module = import_module(MODULE)
    except SyntaxError as error:
        raise NetworkError(f"{_file(Path(str(error.filename)))}, line {error.lineno}: {error.msg}") from None
    return read(module)


def read(module: ModuleType) -> Network:
    """The network of a module's constants. NetworkError: they make none."""
    refuse = _Refusal(Path(str(module.__file__)))
    values: dict[str, Any] = {}
    for field in Network.__struct_fields__:
        name = field.upper()
        if not hasattr(module, name):
            raise refuse(name, f"{name} is missing; expected {_EXPECTED[name]}")
        values[field] = _checked(name, getattr(module, name), refuse)
    network = Network(**values)
    _refuse_names(network, refuse)
    _refuse_sizes(network, refuse)
    return network


class _Refusal:
    """Makes the error about a constant, or about one entry of it, with the line where that stands."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, name: str, reason: str, entry: int | None = None) -> NetworkError:
        return NetworkError(f"{_file(self.path)}{self._line(name, entry)}: {reason}")

    def _line(self, name: str, entry: int | None) -> str:
        for node in reversed(ast.parse(self.path.read_text(encoding="utf-8")).body):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                value = getattr(node, "value", None)
                inside = value.elts if entry is not None and isinstance(value, (ast.Tuple, ast.List)) else []
                return f", line {inside[entry].lineno if entry is not None and entry < len(inside) else node.lineno}"
        return ""


def _file(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


# -------------------------------------------------------------------------------------------- one constant by itself


def _whole(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= MOST


def _entry(*kinds: Callable[[object], bool]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        return (
            isinstance(value, (tuple, list))
            and len(value) == len(kinds)
            and all(kind(one) for kind, one in zip(kinds, value, strict=True))
        )

    return fits


def _positive(value: object) -> bool:
    return _whole(value, 1)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _name(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,29}", value) is not None


_NUMBER = f"a whole number from 1 to {MOST:,}"
_FLAG = "True or False"
_EXPECTED = {
    "IMAGE": f"(channels, height, width), each {_NUMBER}",
    "KERNEL": _NUMBER,
    "STRIDE": _NUMBER,
    "PADDING": _NUMBER.replace("1", "0", 1),
    "CONV_BIAS": _FLAG,
    "POOL": _NUMBER,
    "POOL_STRIDE": _NUMBER,
    "FC_BIAS": _FLAG,
    "CONVOLUTIONS": f'one entry a layer, such as ("conv1", 64, True): a name, filters ({_NUMBER}), followed by a pool?',
    "FULLY_CONNECTED": f'one entry a layer, such as ("fc1", 1024): a name, units ({_NUMBER})',
}
_FITS: dict[str, Callable[[object], bool]] = {
    "IMAGE": _entry(_positive, _positive, _positive),
    "PADDING": lambda value: _whole(value, 0),
    "CONV_BIAS": _flag,
    "FC_BIAS": _flag,
}
_LAYERS = {"CONVOLUTIONS": _entry(_name, _positive, _flag), "FULLY_CONNECTED": _entry(_name, _positive)}


def _checked(name: str, value: Any, refuse: _Refusal) -> Any:
    """The value of a constant, its sequences as tuples."""
    if name in _LAYERS:
        return _layers(name, value, refuse)
    if not _FITS.get(name, _positive)(value):
        raise refuse(name, f"{name} is {_shown(value)}; expected {_EXPECTED[name]}")
    return tuple(value) if isinstance(value, list) else value


def _layers(name: str, value: Any, refuse: _Refusal) -> tuple[Any, ...]:
    if not isinstance(value, (tuple, list)) or not 1 <= len(value) <= MOST_LAYERS:
        raise refuse(name, f"{name} is {_shown(value)}; expected 1 to {MOST_LAYERS} layers, {_EXPECTED[name]}")
    if _LAYERS[name](value):  # ("fc1", 10), without the comma that makes a tuple of one layer
        raise refuse(name, f"{name} is one layer; write ({_shown(value)},), with a comma: it holds {_EXPECTED[name]}")
    for at, layer in enumerate(value):
        if not _LAYERS[name](layer):
            raise refuse(name, f"layer {at + 1} of {name} is {_shown(layer)}; expected {_EXPECTED[name]}", at)
    return tuple(tuple(layer) for layer in value)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


# ------------------------------------------------------------------------------------------------------- all together


def _places(network: Network) -> Iterator[tuple[str, int, str]]:
    """(constant, entry, layer name) of every layer, in order."""
    yield from (("CONVOLUTIONS", at, layer[0]) for at, layer in enumerate(network.convolutions))
    yield from (("FULLY_CONNECTED", at, layer[0]) for at, layer in enumerate(network.fully_connected))


def _refuse_names(network: Network, refuse: _Refusal) -> None:
    """Two names that a student's key could both mean: a key counts without case and punctuation."""
    taken = {"total": "the key of the sum"}
    for constant, at, name in _places(network):
        letters = name.lower().replace("_", "")
        if letters in taken:
            reason = f'the name "{name}" is taken: {taken[letters]} reads the same, without case and underscores'
            raise refuse(constant, reason, at)
        taken[letters] = f'that of layer "{name}"'


def _refuse_sizes(network: Network, refuse: _Refusal) -> None:
    """A window that does not fit into the map before it, or a layer that no computer holds."""
    channels, height, width = network.image
    for at, (name, filters, pooled) in enumerate(network.convolutions):
        sides = tuple(side + 2 * network.padding for side in (height, width))
        windows = [(f"a {network.kernel} x {network.kernel} kernel", network.kernel, network.stride)]
        windows += [(f"a {network.pool} x {network.pool} pool", network.pool, network.pool_stride)] if pooled else []
        for what, window, stride in windows:
            if min(sides) < window:
                came = " x ".join(map(str, sides))
                image = " x ".join(map(str, network.image))
                reason = f"{what} of {name} does not fit into a map of {came}; the image is {image}"
                raise refuse("CONVOLUTIONS", f"{reason}: make it larger, or leave out a pool", at)
            sides = tuple((side - window) // stride + 1 for side in sides)
        _refuse_weights(network.kernel**2 * channels * filters, "CONVOLUTIONS", at, name, refuse)
        channels, (height, width) = filters, sides
    inputs = channels * height * width
    for at, (name, units) in enumerate(network.fully_connected):
        _refuse_weights(inputs * units, "FULLY_CONNECTED", at, name, refuse)
        inputs = units


def _refuse_weights(weights: int, constant: str, at: int, name: str, refuse: _Refusal) -> None:
    if weights > MOST_WEIGHTS:
        raise refuse(constant, f"{name} would have {weights:,} weights; expected at most {MOST_WEIGHTS:,}", at)
