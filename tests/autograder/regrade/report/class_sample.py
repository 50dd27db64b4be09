"""A made-up class, of any size: names, outcomes, mistakes and old points as a real one has them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from autograder.intake.entry import Person
from autograder.regrade.gradebook import Cell, Column, Decision, Gradebook, Standing

HALF = Fraction(1, 2)
COLUMNS = (
    Column("1.1", "Names, shapes and values of the weights", Fraction(1, 4)),
    Column("1.2", "Random additions", Fraction(5, 4)),
    Column("1.3", "Every pair of numbers of every length", Fraction(1)),
    *(Column(f"2.1{part}", f"Error signal of {name}", HALF) for part, name in zip("abcdef", "hcgofi", strict=True)),
    Column("2.2", "Gradient of w_xi", HALF),
    Column("2.3", "Why the gradient does not explode", HALF, "written", True),
    Column("3.1", "Parameter counts", Fraction(1)),
    Column("3.2a", "Which residual block is easier to train", HALF),
    Column("3.2b", "Why it is easier to train", HALF, "written"),
    Column("4.1a", "Connections of PixelCNN", HALF),
    Column("4.1b", "Sequential operations of PixelCNN", HALF),
    Column("4.2a", "Connections of MDRNN", HALF),
    Column("4.2b", "Sequential operations of MDRNN", HALF),
    Column("4.3", "PixelCNN versus MDRNN", Fraction(1), "written", True),
)
FIRST = ["Ada", "Grace", "Alan", "Zoë", "Łukasz", "Nguyễn", "Mehmet", "Sofía", "Wei", "李", "Aarav", "Olga", "Siobhán"]
LAST = ["Lovelace", "Hopper", "Turing", "Ångström", "Dvořák", "Van der Berg", "Öztürk", "Martínez", "Zhang", "O'Neil"]
MISTAKES = {
    "2.1b": [
        "forget path missing in c_bar",
        "output path missing in c_bar",
        "tanh(c) used as if it were its derivative",
    ],
    "2.1c": ["derivative of tanh missing in g_bar", "i and f mixed up in g_bar"],
    "2.1a": ["one of the four gates is missing in h_bar", "w_ho left out of h_bar"],
    "3.1": ["biases are not counted", "the input channels are not counted"],
    "1.3": ["the last carry is lost"],
}
BAD = ["failed"] * 12 + ["partial"] * 6 + ["unanswered"] * 4 + ["missing", "crashed", "crashed", "timed_out", "killed"]


def gradebook(count: int, seed: int = 1, old: bool = True) -> Gradebook:
    """A class of `count`; the same for the same numbers."""
    rng = random.Random(f"{count} {seed}")
    standings = tuple(_standing(rng, 1000 + 7 * at, old) for at in range(count))
    warnings = (
        "submission 1014: the archive held no file that we know",
        "two submissions of Ada Lovelace: 1000 and 1007",
    )
    return Gradebook(
        "Homework 3",
        COLUMNS,
        standings,
        "the export's own scores" if old else "",
        warnings if count > 10 else (),
        "0.9.0",
        "3f9c0a61b2d4",
        seed="891",
    )


def _standing(rng: random.Random, number: int, old: bool) -> Standing:
    strength = min(max(rng.gauss(0.72, 0.2), 0.02), 0.99)
    cells = tuple(_cell(rng, strength, str(number), column) for column in COLUMNS)
    rerun = rng.random() < 0.008
    if rerun:
        cells = tuple(Cell("internal", Fraction(0)) if at < 3 else cell for at, cell in enumerate(cells))
    total = sum((cell.points or Fraction(0) for cell in cells), Fraction(0))
    before = _before(rng, cells) if old and rng.random() < 0.97 else ()
    return Standing(
        str(number),
        _people(rng, number),
        cells,
        total,
        before,
        sum((p or Fraction(0) for p in before), Fraction(0)) if before else None,
        f"2025-03-{rng.randint(1, 28):02d}T{rng.randint(8, 23):02d}:{rng.randint(0, 59):02d}:00-05:00",
        ("submitted 3 h late, within an extension",) if rng.random() < 0.04 else (),
        rerun,
    )


def _people(rng: random.Random, number: int) -> tuple[Person, ...]:
    people = []
    for _ in range(2 if rng.random() < 0.1 else 1):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        mail = f"{last.encode('ascii', 'ignore').decode().lower().replace(' ', '')}{rng.randint(1, 9999)}@example.edu"
        people.append(Person(f"{first} {last}", mail, f"A{number * 31 + rng.randint(0, 30):08d}"))
    return tuple(people)


def _cell(rng: random.Random, strength: float, submission: str, column: Column) -> Cell:
    if column.graded == "written":
        if rng.random() < 0.3:
            return Cell("written", None)
        points = column.max_points * rng.choice([0, 1, 1, 2, 2]) / 2
        return Cell("written", points, decided=Decision(submission, column.number, points, "", "TA Kim"))
    hardness = {"1.1": -0.25, "2.1b": 0.15, "2.1a": 0.1, "4.2b": 0.25, "3.1": 0.05}.get(column.number, 0.0)
    if column.number == "3.2a" and rng.random() < 0.6:  # a row that says little
        return Cell("passed", column.max_points) if rng.random() < 0.5 else Cell("failed", Fraction(0))
    if rng.random() < strength - hardness:
        return Cell("passed", column.max_points)
    outcome = rng.choice(BAD)
    points = column.max_points * rng.choice([1, 2, 3]) / 4 if outcome == "partial" else Fraction(0)
    known = MISTAKES.get(column.number, [])
    named = tuple(rng.sample(known, 1)) if known and outcome in ("partial", "failed") and rng.random() < 0.7 else ()
    decided = None
    if rng.random() < 0.01:
        points, reason = column.max_points / 2, "the statement could be read in two ways; see the mail of 3 March"
        decided = Decision(submission, column.number, points, reason, "Prof. Ito")
    return Cell(outcome, points, named, decided)


def _before(rng: random.Random, cells: Sequence[Cell]) -> tuple[Fraction | None, ...]:
    old = [cell.points for cell in cells]
    if rng.random() < 0.15:
        at = rng.choice([4, 12, 17])
        old[at] = Fraction(0) if old[at] else COLUMNS[at].max_points
    return tuple(old)


def feedback(book: Gradebook) -> dict[str, list[str]]:
    """What each student reads of each row, as `grade` says it."""
    return {
        one.submission: [_said(column, cell) for column, cell in zip(book.columns, one.cells, strict=True)]
        for one in book.standings
    }


def _said(column: Column, cell: Cell) -> str:
    return {
        "passed": f"{column.title}: right.",
        "failed": "at t = 3 expected -0.4382190377, yours 0.1207719241.\nHint: which paths lead from c(t) to the loss?",
        "crashed": "your function raised ValueError: operands could not be broadcast together with shapes (3,) (2,)",
        "timed_out": "it took longer than 2 s",
        "written": "Your answer arrived; a person reads it.",
    }.get(cell.outcome, "")


def anonymous(book: Gradebook) -> Gradebook:
    """The same without anybody's name."""
    return msgspec.structs.replace(
        book, standings=tuple(msgspec.structs.replace(s, people=()) for s in book.standings), warnings=()
    )
