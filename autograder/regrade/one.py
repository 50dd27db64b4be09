"""One student graded again, with the seed of before, and everything that the staff can see. Nothing is written."""

from __future__ import annotations

from autograder.core.points import decimal_text
from autograder.core.submission import Submission
from autograder.gradescope.results import staff_text
from autograder.grading.grader import Grading
from autograder.intake.entry import About
from autograder.intake.source import Damaged, in_order
from autograder.regrade.publish import report_of
from autograder.regrade.regrader import Regrading
from autograder.regrade.store import NOW
from autograder.regrade.task import INSTEAD, jail_of
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.jail import Jail


def grade_one(who: str, regrading: Regrading, unsafe: bool) -> int:
    """Grades whoever `who` names (a submission id, an e-mail, a sid or a name) and prints what is found; 0, or 2."""
    names = _named(who, regrading)
    if not names:
        print(f"{who}: no submission has this id, and no submitter this e-mail, sid or name.")
        return 2
    return max(_again(name, regrading, unsafe) for name in names)


def _named(who: str, regrading: Regrading) -> list[str]:
    known = {name: regrading.source.about(name) for name in regrading.source.names()} if regrading.source else None
    abouts = regrading.store.abouts() if known is None else known
    if who in abouts:
        return [who]
    wanted = who.casefold()
    return in_order(name for name, about in abouts.items() if wanted in _identities(about))


def _identities(about: About) -> set[str]:
    return {word.casefold() for p in about.people for word in (p.name, p.email, p.sid) if word}


def _again(name: str, regrading: Regrading, unsafe: bool) -> int:
    try:
        submission = regrading.source.read(name) if regrading.source else regrading.store.submission(name)
    except Damaged as damage:
        print(f"submission {name}: {damage}")
        return 2
    if submission is None:
        print(f"submission {name}: its files could not be had when it was taken in.")
        return 2
    with jail_of(regrading.setting.hidden) as jail:
        isolation, problem = jail.verdict(INSTEAD, unsafe)
        if problem:
            print(problem)
            return 2
        return _graded(name, regrading, submission, jail, isolation)


def _graded(name: str, regrading: Regrading, submission: Submission, jail: Jail, isolation: Isolation) -> int:
    notes = (isolation.line(), *(f"not read: {fault}" for fault in submission.faults.values()))
    assignment, seed = regrading.setting.assignment, regrading.seed(name)
    report = Grading(assignment, submission, seed=seed, start=jail.start, staff_notes=notes).run()
    print(staff_text(report, f"python -m autograder regrade ... --only {name}"))
    before = report_of(regrading, name) if regrading.store.raw_rows_of(name, NOW)[1] else None
    if before is not None:
        pairs = zip(report.marks, before.marks, strict=True)
        other = [f"{now.number}: {decimal_text(old.points)}" for now, old in pairs if now.points != old.points]
        print(f"kept before: {'; '.join(other)}" if other else "kept before: the same points in every row")
    return 2 if report.rerun else 0
