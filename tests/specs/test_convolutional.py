"""Question 3: parameter counts of a convolutional network, and which residual block is easier to train."""

from __future__ import annotations

import re

from gradescope_utils.autograder_utils.decorators import number

from autograder.api import Flag, Points, Unreadable, credit, credited_by, integer, kind_of

LAYERS = ("conv1", "conv2", "conv3", "conv4", "fc1", "fc2")


@number("3.1")
@credited_by(credit.layers, per_layer=Points, at_most=Points, hints=Flag)
def test_parameter_counts(student, award, params, reference):
    """Parameter counts: everything for the right total, else something for each right layer."""
    counts, problems = read_counts(student.call("parameter_counts")[0])
    award.understood(", ".join(f"{name} {count:,}" for name, count in counts.items()) + added_up(counts))
    truth = reference.parameter_counts
    right = [name for name in LAYERS if counts.get(name) == truth[name]]
    findings = {"total_right": counts.get("total") == truth["total"], "right_layers": right}
    if findings["total_right"]:
        return award.found(findings, "The total is right.")
    explained = list(reference.explain_counts(counts))
    lines = [*problems, "The total is not right." if "total" in counts else "There is no total."]
    lines.append(f"Right layers: {', '.join(right) or 'none'}.")
    award.tell_staff("\n".join(explained))
    return award.found({**findings, "named": explained}, "\n".join(lines + (explained if params.hints else [])))


def read_counts(value):
    """The counts that can be read, by name, and a sentence for each that cannot."""
    names = (*LAYERS, "total")
    if not isinstance(value, dict) or not any(name in value for name in names):
        raise Unreadable(f"expected a dict with the keys {', '.join(names)}, got {kind_of(value)}")
    counts, problems = {}, []
    for name in names:
        if name in value:
            try:
                counts[name] = integer(value[name])
            except Unreadable as problem:
                problems.append(f"{name}: {problem}")
    if not counts:
        raise Unreadable("\n".join(problems[:3]))
    return counts, problems


def added_up(counts):
    """A remark where the layers do not add up to the total that was given."""
    if not all(name in counts for name in LAYERS):
        return ""
    total = sum(counts[name] for name in LAYERS)
    return "" if counts.get("total") == total else f" (the layers add up to {total:,})"


@number("3.2a")
@credited_by(credit.all_or_nothing)
def test_resnet_easier_to_train(student, award, reference):
    """Which of the two residual blocks is easier to train."""
    answer = student.text("RESNET_EASIER_TO_TRAIN")
    sides = set(re.findall(r"\b(left|right)\b", answer.lower()))
    if len(sides) != 1:
        raise Unreadable(f'expected "left" or "right", got {answer[:60]!r}')
    (side,) = sides
    award.understood(side)
    right = side == reference.resnet_easier_to_train
    if right:
        return award.found({"right": True})
    return award.found({"right": False, "named": [f"the {side} block"]}, "It is the other one.")
