"""Question 3: parameter counts of a convolutional network, and which residual block is easier to train."""

from __future__ import annotations

from autograder.api import Flag, Names, Points, Unreadable, choice, credit, credited_by, integer, keyed, number, rounded

NOUNS = ("resnet", "residual")  # which may stand beside left or right


@number("3.1")
@credited_by(credit.layers, layers=Names, per_layer=Points, at_most=Points, hints=Flag)
def test_parameter_counts(student, award, params, reference):
    """Parameter counts: everything for the right total, else something for each right layer."""
    counts = read_counts(student.call("parameter_counts"), params.layers, award)
    read_as = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    award.understood(read_as + added_up(counts, params.layers))
    truth = reference.parameter_counts
    right = [name for name in params.layers if counts.get(name) == truth[name]]
    findings = {"total_right": counts.get("total") == truth["total"], "right_layers": right}
    if findings["total_right"]:
        return award.found(findings, "The total is right.")
    explained = list(reference.explain_counts(counts))
    lines = [*award.problems, *(["The total is not right."] if "total" in counts else [])]
    lines.append(f"Right layers: {', '.join(right) or 'none'}.")
    award.tell_staff("\n".join(explained))
    return award.found({**findings, "named": explained}, "\n".join(lines + (explained if params.hints else [])))


def read_counts(value, layers, award):
    """The counts that can be read, by name; what cannot be, or is not there, is a problem of its own."""
    given = keyed(value, (*layers, "total"))
    counts = {}
    for name, entry in given.entries.items():
        try:
            counts[name] = read_count(entry)
        except Unreadable as problem:
            award.problem(f"{name} could not be read", f"{name}: {problem}.")
        else:
            if rounded(entry):
                award.problem(f"{name} perhaps rounded", f"{name} is read as {counts[name]:,}: write all its digits.")
    for name in given.twice:
        award.problem(f"{name} given twice", f"{name}: there are two keys for it, with different values: keep one.")
    strays = [said for said, entry in zip(given.stray_keys(), given.strays.values(), strict=True) if not nothing(entry)]
    if not counts:
        if len(given.missing) == len(given.names):
            raise Unreadable(given.none_of_them())
        raise Unreadable("\n".join([*award.problems, *strays][:3]))
    if given.missing:
        award.problem(f"no {', no '.join(given.missing)}", f"Missing: {', '.join(given.missing)}.")
    if strays:
        award.problem("an unknown key", "\n".join(strays[:3]))
    return counts


def read_count(entry):
    """One count, which is not negative."""
    count = integer(entry)
    if count < 0:
        raise Unreadable(f"expected a count, got {count:,}")
    return count


def nothing(entry):
    """Whether a layer is listed that has no parameters: a pool, say."""
    try:
        return entry is None or integer(entry) == 0
    except Unreadable:
        return False


def added_up(counts, layers):
    """A remark where the layers do not add up to the total that was given."""
    if not all(name in counts for name in layers):
        return ""
    total = sum(counts[name] for name in layers)
    return "" if counts.get("total") == total else f" (the layers add up to {total:,})"


@number("3.2a")
@credited_by(credit.all_or_nothing)
def test_resnet_easier_to_train(student, award, reference):
    """Which of the two residual blocks is easier to train."""
    answer = student.text("RESNET_EASIER_TO_TRAIN")
    try:
        side = choice(answer, ("left", "right"), NOUNS)
    except Unreadable as problem:
        award.tell_staff(f"FOR A PERSON: this answer could not be read: {answer[:300]!r}")
        raise Unreadable(f"Could not be read, so it earns nothing yet: {problem}.") from None
    award.understood(side)
    right = side == reference.resnet_easier_to_train
    if right:
        return award.found({"right": True})
    return award.found({"right": False, "named": [f"the {side} block"]}, "It is the other block.")
