"""What a wrong parameter count of question 3.1 is probably made of.

Every misconception is a change of the parametric description in `architecture.py`, with the words that a student reads;
its counts, and those of any two together, are generated from it. None of the words gives a right count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from reference.diagnosis.architecture import PARTS, Reading, count, layers


class Misconception(msgspec.Struct, frozen=True):
    """One way to go wrong.

    name:    words that complete "Your total fits ...", true whatever else is wrong ("one pool too many").
    changes: the fields of `Reading` that it changes, and what to.
    detail:  what it comes to if nothing else is wrong ("an input of 14 x 14 to FC-1024"), or "".
    """

    name: str
    changes: Mapping[str, Any]
    detail: str = ""


MOST_NAMED = 3  # more explanations than this are of use to nobody, so none is named

Explanation = tuple[Misconception, ...]  # one misconception, or two that are made together


def counts_of(explanation: Explanation, asked: Reading) -> dict[str, int]:
    """The counts of someone who has just these misconceptions. ValueError: nothing is left of the image."""
    return count(replace(asked, **{key: value for one in explanation for key, value in one.changes.items()}))


def misconceptions(asked: Reading) -> tuple[Misconception, ...]:
    """Every known misconception about a network, but those that leave its total right or nothing of its image."""
    topics = (_biases, _sizes, _flattening, _channels, _kernels, _repeats, _extras, _parts, _quantities)
    right = count(asked)["total"]
    return tuple(one for topic in topics for one in topic(asked) if total_of((one,), asked) not in (None, right))


def simplest(total: int, asked: Reading) -> tuple[Explanation, ...]:
    """The simplest explanations of a wrong total: the single misconceptions that give it, else the pairs that do."""
    if total == count(asked)["total"]:
        return ()
    singles = [(one,) for one in misconceptions(asked) if total_of((one,), asked) == total]
    return tuple(singles or [two for found, two in pairs(asked) if found == total])


def pairs(asked: Reading) -> Iterator[tuple[int, Explanation]]:
    """(total, explanation) of every two misconceptions that can be held together: they change different fields.

    But those that make up for each other, such as biases left out and as many numbers of a batch norm added.
    """
    right = count(asked)["total"]
    for two in combinations(misconceptions(asked), 2):
        if two[0].changes.keys().isdisjoint(two[1].changes):
            total = total_of(two, asked)
            if total not in (None, right):
                yield total, two


def total_of(explanation: Explanation, asked: Reading) -> int | None:
    """The total of someone who has just these misconceptions, or None where they leave nothing to count."""
    try:
        return counts_of(explanation, asked)["total"] or None
    except ValueError:
        return None


def explain(counts: Mapping[str, int], asked: Reading) -> tuple[str, ...]:
    """Sentences for a student: what a wrong total is made of, then what the wrong layers are that it does not explain.

    counts: layer name or "total" -> number, any of them missing. Never states a right count. () if nothing is known.
    """
    right = count(asked)
    found = _worth_naming(simplest(counts["total"], asked), counts, asked) if "total" in counts else ()
    sentences = [f"Your total fits {_alternatives(found)}."] if found else []
    if not found and set(counts) == set(right) and counts["total"] != sum(counts.values()) - counts["total"]:
        sentences.append("Your total is not the sum of your layers.")
    explained = [counts_of(one, asked) for one in found]
    wrong = [name for name in right if name != "total" and counts.get(name, right[name]) != right[name]]
    left = [name for name in wrong if not any(one.get(name) == counts[name] for one in explained)]
    return (*sentences, *_of_layers(left, counts, asked))


def _of_layers(wrong: Sequence[str], counts: Mapping[str, int], asked: Reading) -> tuple[str, ...]:
    """One sentence for all layers that are wrong in the same way."""
    same: dict[str, list[str]] = {}
    for name in wrong:
        singles = [(one,) for one in misconceptions(asked) if counts_of((one,), asked).get(name) == counts[name]]
        found = _worth_naming(singles, counts, asked)
        if found:
            same.setdefault(_alternatives(found), []).append(name)
    return tuple(f"{_numbers_for(names)} {text}." for text, names in same.items())


def _numbers_for(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"Your number for {names[0]} fits"
    return f"Your numbers for {', '.join(names[:-1])} and {names[-1]} fit"


def _worth_naming(found: Sequence[Explanation], counts: Mapping[str, int], asked: Reading) -> tuple[Explanation, ...]:
    """Those that also give the most of the other counts; of two, where one changes all that the other does and more,
    the smaller; none if they are still too many to be of use."""
    agreeing = [sum(counts_of(one, asked).get(name) == given for name, given in counts.items()) for one in found]
    best = [one for one, agreed in zip(found, agreeing, strict=True) if agreed == max(agreeing)]
    changed = [{item for one in explanation for item in one.changes.items()} for explanation in best]
    kept = [one for one, own in zip(best, changed, strict=True) if not any(other < own for other in changed)]
    return tuple(kept) if len(kept) <= MOST_NAMED else ()


def _alternatives(found: Sequence[Explanation]) -> str:
    return ", or ".join(_words(explanation) for explanation in found)


def _words(explanation: Explanation) -> str:
    if len(explanation) == 1:
        (one,) = explanation
        return f"{one.detail}: {one.name}" if one.detail else one.name
    return f"{explanation[0].name}, together with {explanation[1].name}"


def _biases(asked: Reading) -> Iterator[Misconception]:
    in_convolutions, in_connected = asked.conv_bias != "none", asked.fc_bias != "none"
    if in_convolutions and in_connected:
        yield Misconception("no biases counted", {"conv_bias": "none", "fc_bias": "none"})
        yield Misconception("one bias per layer", {"conv_bias": "layer", "fc_bias": "layer"})
    if not in_convolutions and not in_connected:
        yield Misconception("biases counted where no layer has any", {"conv_bias": "filter", "fc_bias": "unit"})
    if in_convolutions:
        yield Misconception("the biases of the convolutions left out", {"conv_bias": "none"})
        yield Misconception("one bias per convolution layer, not per filter", {"conv_bias": "layer"})
        yield Misconception("a bias for every output pixel of a convolution", {"conv_bias": "pixel"})
    else:
        yield Misconception("biases given to the convolutions, which have none", {"conv_bias": "filter"})
    if in_connected:
        yield Misconception("the biases of the fully connected layers left out", {"fc_bias": "none"})
        yield Misconception("one bias per fully connected layer, not per unit", {"fc_bias": "layer"})
        yield Misconception(f"a bias for every input of {_fc(asked, 0)}, not for every unit", {"fc_bias": "input"})
    else:
        yield Misconception("biases given to the fully connected layers, which have none", {"fc_bias": "unit"})


def _sizes(asked: Reading) -> Iterator[Misconception]:
    for pools in range(asked.pools):
        missing = asked.pools - pools
        yield from _resized(asked, f"{missing} pool{'s' if missing > 1 else ''} not counted", {"pools": pools})
    yield from _resized(asked, "one pool too many", {"pools": asked.pools + 1})
    yield from _resized(asked, "two pools too many", {"pools": asked.pools + 2})
    yield from _resized(asked, "pools that move by one pixel", {"pool_stride": 1})
    if asked.pool not in (1, asked.pool_stride):
        yield from _resized(asked, f"pools that move by {asked.pool} pixels", {"pool_stride": asked.pool})
    for side in (2, 3, 4):
        if side != asked.pool:
            name = f"pools of {side} x {side}"
            yield from _resized(asked, name, {"pool": side, "pool_stride": side})
            if side != asked.pool_stride:
                yield from _resized(asked, f"{name} that move by {_pixels(asked.pool_stride)}", {"pool": side})
    yield from _resized(asked, "convolutions without padding", {"padding": 0})
    yield from _resized(asked, "a padding of 1 pixel", {"padding": 1})
    yield from _resized(asked, "a padding of 2 pixels", {"padding": 2})
    yield from _resized(asked, "convolutions that move by one pixel", {"stride": 1})
    yield from _resized(asked, "convolutions that move by two pixels", {"stride": 2})


def _resized(asked: Reading, name: str, changes: Mapping[str, Any]) -> Iterator[Misconception]:
    """A misconception on the size of the map that the first fully connected layer sees, if it leaves a map."""
    try:
        last = [layer for layer in layers(replace(asked, **changes)) if layer.kind != "fc"][-1]
    except ValueError:
        return
    yield Misconception(name, changes, f"an input of {last.height} x {last.width} to {_fc(asked, 0)}")


def _flattening(asked: Reading) -> Iterator[Misconception]:
    filters, first = asked.convolutions[-1][1], _fc(asked, 0)
    yield Misconception(f"an input to {first} of one value per channel", {"flat": (0, None)})
    yield Misconception(f"an input to {first} without its channels", {"flat": (2, 1)})
    yield Misconception(f"an input to {first} of one side of the map only", {"flat": (1, None)})
    for channels in (filters // 2, filters * 2) if filters > 1 else (2,):
        yield Misconception(f"an input to {first} with {channels} channels", {"flat": (2, channels)})


def _channels(asked: Reading) -> Iterator[Misconception]:
    yield Misconception("an image of 1 channel", {"channels": 1})
    yield Misconception("filters that see 1 channel in every convolution", {"every_input": 1})
    if asked.channels > 1:
        name = f"filters that see {asked.channels} channels in every convolution"
        yield Misconception(name, {"every_input": asked.channels})


def _kernels(asked: Reading) -> Iterator[Misconception]:
    padding = (asked.kernel - 1 - asked.margin) // 2
    for kernel in (1, 2, 3, 4, 5, 7):
        name = f"kernels of {kernel} x {kernel}"
        yield Misconception(name, {"kernel": kernel})
        yield from _resized(asked, f"{name} with a padding of {padding}", {"kernel": kernel, "padding": padding})
    yield Misconception(f"a kernel counted as {asked.kernel} weights, one side only", {"kernel_sides": 1})


def _repeats(asked: Reading) -> Iterator[Misconception]:
    """About a convolution that follows one of the same width, as the second Conv3-256 does."""
    row = asked.convolutions
    widths = [width for _, width, _ in row]
    for at in range(1, len(row)):
        (before, filters, _), (name, width, pooled) = row[at - 1], row[at]
        if filters != width:
            continue
        label, nth = f"Conv{asked.kernel}-{filters}", widths[: at + 1].count(width)
        this, earlier = f"the {_ordinal(nth)} {label}", f"the {_ordinal(nth - 1)} {label}"
        fed = row[at - 2][1] if at > 1 else asked.channels
        forgotten = (*row[: at - 1], (before, filters, pooled), *row[at + 1 :])
        repeated = (*row[:at], (name, filters, False), (f"{name} again", filters, pooled), *row[at + 1 :])
        after = "" if widths.count(width) == 2 else f", after {this}"
        yield Misconception(f"{this} forgotten", {"convolutions": forgotten})
        yield Misconception(f"one {label} too many{after}", {"convolutions": repeated})
        yield Misconception(f"{this} fed with {_channel_count(fed)}", {"taken_as": (name, fed)})
        yield Misconception(f"{earlier} fed with {_channel_count(filters)}", {"taken_as": (before, filters)})


def _extras(asked: Reading) -> Iterator[Misconception]:
    yield Misconception("the softmax counted as a layer with weights and biases", {"softmax": "layer"})
    yield Misconception("the softmax counted as a layer with weights", {"softmax": "weights"})
    yield Misconception("the softmax counted as a layer with one parameter per class", {"softmax": "class"})
    yield Misconception("the softmax counted as a layer with two parameters per class", {"softmax": "two"})
    yield Misconception("parameters given to the pools", {"pool_parameters": "pool"})
    yield Misconception("parameters given to every channel of the pools", {"pool_parameters": "channel"})
    yield Misconception("batch norm added, 1 number per channel", {"batch_norm": 1})
    yield Misconception("batch norm added, 2 parameters per channel", {"batch_norm": 2})
    yield Misconception("batch norm added, 4 numbers per channel", {"batch_norm": 4})


def _parts(asked: Reading) -> Iterator[Misconception]:
    names = [name for name, _ in asked.fully_connected]
    if len(names) > 1:
        rest = (*(part for part in PARTS if part != "fc"), *(f"fc {name}" for name in names[:-1]))
        yield Misconception(f"{_fc(asked, len(names) - 1)} forgotten", {"parts": rest})
        yield Misconception(f"{_fc(asked, 0)} only", {"parts": (f"fc {names[0]}",)})
    for at in range(len(names) - 1):
        without = (*asked.fully_connected[:at], *asked.fully_connected[at + 1 :])
        name = f"{_fc(asked, at)} skipped, its input going to the next layer"
        yield Misconception(name, {"fully_connected": without})
    if names and asked.fully_connected[0][1] != 4096:
        wider = ((names[0], 4096), *asked.fully_connected[1:])
        yield Misconception(f"{_fc(asked, 0)} with 4096 units, as in VGG-16", {"fully_connected": wider})
    yield Misconception("the convolutions only", {"parts": ("conv",)})
    if asked.conv_bias != "none":
        yield Misconception("the convolutions only, and no biases", {"parts": ("conv",), "conv_bias": "none"})
    yield Misconception("the fully connected layers only", {"parts": ("fc",)})


def _quantities(asked: Reading) -> Iterator[Misconception]:
    """Something else counted, or the parameters of something else (VGG-16, of Simonyan and Zisserman 2015)."""
    yield Misconception("the neurons counted, not the parameters", {"quantity": "neurons"})
    yield Misconception("the neurons, the input and the pools counted, not the parameters", {"quantity": "values"})
    yield Misconception("the connections counted: shared weights once per position", {"quantity": "connections"})
    blocks = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
    convolutions = tuple(
        (f"conv{block}_{at}", filters, at == depth)
        for block, (filters, depth) in enumerate(blocks, 1)
        for at in range(1, depth + 1)
    )
    units = (("fc6", 4096), ("fc7", 4096), ("fc8", 1000))
    vgg = replace(
        asked,
        channels=3,
        height=224,
        width=224,
        convolutions=convolutions,
        fully_connected=units,
        kernel=3,
        margin=0,
        stride=1,
        pools=len(blocks),
        pool=2,
        pool_stride=2,
        conv_bias="filter",
        fc_bias="unit",
    )
    changes = {name: value for name, value in asdict(vgg).items() if value != getattr(asked, name)}
    yield Misconception("VGG-16, another network", changes)


def _fc(asked: Reading, at: int) -> str:
    """A fully connected layer as the question names it, with its place among those of its width if it has several."""
    widths = [units for _, units in asked.fully_connected]
    label = f"FC-{widths[at]}"
    return label if widths.count(widths[at]) == 1 else f"the {_ordinal(widths[: at + 1].count(widths[at]))} {label}"


def _ordinal(number: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[number - 1] if number <= len(words) else f"number {number}"


def _channel_count(channels: int) -> str:
    return f"{channels} channel{'' if channels == 1 else 's'}"


def _pixels(number: int) -> str:
    return f"{number} pixel{'' if number == 1 else 's'}"
