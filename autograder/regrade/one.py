"""One student graded again, with the seed of before, and everything that the staff can see. Nothing is written."""

from __future__ import annotations

from autograder.core.points import decimal_text
from autograder.core.submission import Submission
from autograder.gradescope.results import staff_text
from autograder.grading.grader import Grading
from autograder.intake.identity import Directory
from autograder.intake.source import Damaged
from autograder.regrade.publish import report_of
from autograder.regrade.regrader import Regrading
from autograder.regrade.store import NOW
from autograder.regrade.task import INSTEAD, jail_of
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.jail import Jail


def grade_one(who: str, regrading: Regrading, unsafe: bool, call: str) -> int:
    """Grades whoever `who` names (a submission id, an e-mail, a sid or a name) and prints what is found; 0, or 2.

    call: the command that does this again.
    """
    source, store = regrading.source, regrading.store
    abouts = (
        [source.about(submission_id) for submission_id in source.names()] if source else list(store.abouts().values())
    )
    found = Directory(abouts).find(who)
    if not found.one_student:
        print(f"{found.said()}.")
        return 2
    return max(_again(submission_id, regrading, unsafe, call) for submission_id in found.submissions)


def _again(submission_id: str, regrading: Regrading, unsafe: bool, call: str) -> int:
    try:
        submission = (
            regrading.source.read(submission_id) if regrading.source else regrading.store.submission(submission_id)
        )
    except Damaged as damage:
        print(f"submission {submission_id}: {damage}")
        return 2
    if submission is None:
        print(f"submission {submission_id}: its files could not be read.")
        return 2
    with jail_of(regrading.setting.assignment.root, regrading.setting.hidden) as jail:
        isolation, problem = jail.verdict(INSTEAD, unsafe)
        if problem:
            print(problem)
            return 2
        return _graded(submission_id, regrading, submission, jail, isolation, call)


def _graded(
    submission_id: str, regrading: Regrading, submission: Submission, jail: Jail, isolation: Isolation, call: str
) -> int:
    notes = (isolation.line(), *(f"not read: {fault}" for fault in submission.faults.values()))
    assignment, seed = regrading.setting.assignment, regrading.seed(submission_id)
    report = Grading(assignment, submission, seed=seed, start=jail.start, staff_notes=notes).run()
    print(staff_text(report, call))
    if regrading.store.raw_rows_of(submission_id, NOW):
        pairs = zip(report.marks, report_of(regrading, submission_id, submission).marks, strict=True)
        other = [f"{now.number}: {decimal_text(old.points)}" for now, old in pairs if now.points != old.points]
        print(f"kept before: {'; '.join(other)}" if other else "kept before: the same points in every row")
    return 2 if report.rerun else 0
