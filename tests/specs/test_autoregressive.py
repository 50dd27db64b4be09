"""Question 4: O(.) answers about PixelCNN and the multidimensional RNN; variables d, k, H, W, or words for them."""

from __future__ import annotations

from autograder.api import NeedsPerson, Share, Unreadable, credit, credited_by, number
from autograder.maths.bounds import BoundError, Vocabulary, compare, parse

ASKED = Vocabulary(
    {
        "d": ("depth", "layer", "layers", "Tiefe", "Schichten"),
        "k": ("channel", "channels", "Kanäle", "Kanaele"),
        "H": ("height", "row", "rows", "Höhe", "Hoehe", "Zeilen"),
        "W": ("width", "column", "columns", "Breite", "Spalten"),
        "H W": ("pixel", "pixels"),
    },
    subjects=("PixelCNN", "MDRNN", "CNN", "RNN"),
)


@number("4.1a")
@credited_by(credit.bound, loose_credit=Share)
def test_pixelcnn_connections(student, award, reference):
    """Connections of PixelCNN."""
    judge("4.1a", "PIXELCNN_CONNECTIONS", student, award, reference)


@number("4.1b")
@credited_by(credit.bound, loose_credit=Share)
def test_pixelcnn_sequential_operations(student, award, reference):
    """Sequential operations of PixelCNN."""
    judge("4.1b", "PIXELCNN_SEQUENTIAL_OPERATIONS", student, award, reference)


@number("4.2a")
@credited_by(credit.bound, loose_credit=Share)
def test_mdrnn_connections(student, award, reference):
    """Connections of MDRNN."""
    judge("4.2a", "MDRNN_CONNECTIONS", student, award, reference)


@number("4.2b")
@credited_by(credit.bound, loose_credit=Share)
def test_mdrnn_sequential_operations(student, award, reference):
    """Sequential operations of MDRNN."""
    judge("4.2b", "MDRNN_SEQUENTIAL_OPERATIONS", student, award, reference)


def judge(row, name, student, award, reference):
    """Reads a bound, and decides exactly how it stands to the true one."""
    answer = student.text(name)
    try:
        bound = parse(answer, ASKED)
    except BoundError as problem:
        award.tell_staff(f"FOR A PERSON: this bound could not be read: {answer[:300]!r}")
        raise Unreadable(f"Could not be read, so it earns nothing yet: {problem}") from None
    read_as = bound.typeset()
    award.understood(read_as)
    truth = reference.bound(row)
    comparison = compare(bound, truth.truth, ASKED)
    findings = {"verdict": comparison.verdict, "within_ceiling": False, "accepted_credit": "0"}
    if comparison.verdict == "too_loose":
        findings["within_ceiling"] = within(bound, truth.ceiling)
    if comparison.verdict != "equal":
        findings["named"] = [f"{comparison.verdict.replace('_', ' ')}: {read_as}"]
        for flag in reference.flags(row, bound):
            award.tell_staff(f"FOR A PERSON: {flag}")
    feedback = f"{comparison.why[:1].upper()}{comparison.why[1:]}."
    for accepted in reference.also_accepted(row):
        if compare(bound, accepted.answer, ASKED).verdict == "equal":
            findings["accepted_credit"], feedback = str(accepted.credit), accepted.reason
    if comparison.verdict == "undecided" and findings["accepted_credit"] == "0":
        raise NeedsPerson("Your bound was read, but it could not be decided by machine: a person will look at it.")
    award.found(findings, feedback)


def within(bound, ceiling):
    """Whether a loose bound is still within the row's ceiling; no row without a ceiling gives credit for one."""
    return ceiling is not None and compare(bound, ceiling, ASKED).verdict in ("equal", "too_small")
