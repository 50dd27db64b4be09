"""The gradebook of a class: who stands where, with what people decided and the rule for late work, and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from msgspec.structs import replace

from autograder import __version__
from autograder.core.submission import Submission
from autograder.core.text import number_of, one_line
from autograder.grading.grader import notes_on_files
from autograder.intake.entry import Person
from autograder.intake.source import NAMED, in_order, some
from autograder.regrade import baseline, memory, void, what_if
from autograder.regrade.csv_io import Table, read_table
from autograder.regrade.decided import decided_in
from autograder.regrade.gradebook import Cell, Decision, Gradebook, Standing
from autograder.regrade.late import FILE as LATE
from autograder.regrade.late import TOLD, WHO, schedule, with_late
from autograder.regrade.needs import Need
from autograder.regrade.regrader import Regrading
from autograder.regrade.store import WHAT_IF
from autograder.regrade.totals import Appraised, Old, by_submission, standing


@dataclass(frozen=True)
class Graded:
    """The gradebook, all that people decided, and what of it is void."""

    book: Gradebook
    decisions: Sequence[Decision]
    void: Sequence[Need]


def graded_class(
    regrading: Regrading,
    folder: Path,
    before: tuple[str, Mapping[str, Old]] | None,
    anonymous: bool,
) -> Graded:
    """The gradebook. folder: where people's decisions lie. before: what it is compared with, None for what there is."""
    store, setting, source = regrading.store, regrading.setting, regrading.source
    columns = regrading.appraiser.columns
    found, warnings = decided_in(folder, columns, list(store.abouts().values()), anonymous)
    decisions, voided = void.apart(found, regrading)
    if voided:
        names = list(dict.fromkeys(one.submission for one in voided))
        warnings.append(f"what was decided for another answer is void, and does not count: submissions {some(names)}")
    against, old = before or baseline.own(store)
    standings, late = _after_late(regrading, folder, _standings(regrading, by_submission(decisions), old), old)
    warnings += late
    warnings += [*(source.warnings if source is not None else ()), *_warnings(standings, decisions)]
    if source is not None and setting.unnamed:
        warnings += _of_one_student((name, source.about(name).people) for name in source.names())
    if anonymous:
        warnings += _unsafe_ids(standings)
    rubric = setting.assignment.rubric_file
    now = datetime.now().astimezone().isoformat("T", "seconds")
    book = Gradebook(
        assignment=rubric.rubric.assignment,
        columns=columns,
        standings=tuple(replace(one, people=()) if anonymous else one for one in standings),
        against=against,
        version=__version__,
        rubric=rubric.hash,
        rubric_since=memory.kept_since(store, rubric) or now,
        seed=setting.assignment.seed(),
        late=rubric.rubric.late is not None,
    )
    stale = () if setting.slot == WHAT_IF else what_if.stale(folder, store, book)
    return Graded(replace(book, warnings=(*warnings, *stale)), found, voided)


def _after_late(
    regrading: Regrading, folder: Path, standings: list[Standing], old: Mapping[str, Old]
) -> tuple[list[Standing], list[str]]:
    """The standings after the rubric's rule for late work, if it has one; and warnings."""
    path, rule = folder / LATE, regrading.setting.assignment.rubric.late
    if rule is None:
        return standings, [f"{LATE} is not used: the rubric has no rule `late`"] if path.is_file() else []
    table = read_table(path, (), (*WHO, *TOLD)) if path.is_file() else Table(LATE)
    return with_late(standings, rule, schedule(table, standings), old)


# ---------------------------------------------------------------------------------------------------------- standings


def _standings(
    regrading: Regrading, decided: Mapping[str, Mapping[str, Decision]], old: Mapping[str, Old]
) -> list[Standing]:
    """Who stands where, in the order of the ids."""
    found = regrading.cells()
    abouts = regrading.store.abouts()
    nothing: tuple[Cell | None, ...] = (None,) * len(regrading.appraiser.rows)
    known: dict[int, Appraised] = {}  # by which tuple of cells it is: equal findings have one and the same
    then: dict[int, tuple[Fraction | None, ...]] = {}  # and by which old points
    standings = []
    for submission_id in in_order(abouts):
        about = abouts[submission_id]
        if why := regrading.tally.failed.get(submission_id, "") if not about.unreadable else "":
            about = replace(about, notes=(*about.notes, f"not graded: {why}"))
        cells, before = found.get(submission_id, nothing), old.get(submission_id)
        if id(cells) not in known:
            known[id(cells)] = regrading.appraiser.appraised(cells)
        if id(before) not in then:
            then[id(before)] = _points(before, regrading)
        if known[id(cells)].found_nothing:
            about = replace(about, notes=(*about.notes, _instead(submission_id, regrading)))
        people = decided.get(submission_id, {})
        standings.append(
            standing(about, regrading.appraiser.columns, known[id(cells)], people, before, then[id(before)])
        )
    return standings


def _points(old: Old | None, regrading: Regrading) -> tuple[Fraction | None, ...]:
    """The old points by column, () where none is known."""
    if old is None or not old.points:
        return ()
    return tuple(old.points.get(column.number) for column in regrading.appraiser.columns)


def _instead(submission_id: str, regrading: Regrading) -> str:
    """What was found in a submission that holds nothing that is asked for."""
    submission = regrading.store.submission(submission_id) or Submission()
    there = list(dict.fromkeys([*submission.texts, *submission.faults, *submission.others]))
    advice = [*submission.faults.values(), *notes_on_files(submission, regrading.setting.assignment.rubric.files())]
    holds = f"it holds {some(there)}" if there else "it is empty"
    return f"nothing of the assignment was found in it: {holds}{'. ' * bool(advice)}{' '.join(advice[:NAMED])}"


# ----------------------------------------------------------------------------------------------------------- warnings


def _warnings(standings: Sequence[Standing], decisions: Iterable[Decision]) -> Iterator[str]:
    """Warnings of the class as a whole. By submission ids alone: an anonymous report shows it too."""
    yield from _of_one_student((standing.submission, standing.people) for standing in standings)
    nothing = [standing.submission for standing in standings if standing.found_nothing]
    if nothing:
        count = number_of(len(nothing), "submission")
        yield f"nothing of the assignment was found in {count} (see the notes): {some(nothing)}"
    there = {standing.submission for standing in standings}
    for name in dict.fromkeys(decision.submission for decision in decisions):
        if name not in there:
            yield f"points for submission {one_line(name, 40)} are not used: there is no such submission"


def _of_one_student(submissions: Iterable[tuple[str, Sequence[Person]]]) -> Iterator[str]:
    """A sentence for each student with several submissions, by their ids."""
    by_person: dict[str, list[str]] = {}
    for name, people in submissions:
        for person in people:
            known = (person.email or person.sid or person.name).casefold()
            if known:
                by_person.setdefault(known, []).append(name)
    for names in dict.fromkeys(tuple(found) for found in by_person.values() if len(found) > 1):
        yield f"submissions {', '.join(names)} are from one student: all are graded"


def _unsafe_ids(standings: Sequence[Standing]) -> Iterator[str]:
    """What an anonymous gradebook shows all the same: an id that is no number may be somebody's name."""
    words = [standing.submission for standing in standings if not standing.submission.isdecimal()]
    if words:
        yield f"--anonymous keeps submission ids, and {number_of(len(words), 'id')} may be a name: {some(words)}"
