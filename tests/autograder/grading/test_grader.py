"""The loop: the deadline, the order, who is alive when results are written, and whose fault is whose."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from autograder.assignment.load import AbsentReference, Assignment
from autograder.core.outcome import Outcome, Report
from autograder.core.submission import read_submission
from autograder.grading.grader import Grading
from autograder.sandbox.portable_worker import Program, Worker, WorkerFault
from tests.autograder import planted

ROOT = planted.ROOT


def of_reference(assignment: Assignment, **more: Any) -> Grading:
    """A grading of the practice homework's solution."""
    submission = read_submission(ROOT / "reference", assignment.rubric.files())
    return Grading(assignment, submission, "17", **{"start": planted.jail().start, **more})


def test_each_question_has_one_process_and_none_is_left_when_the_last_results_are_written(
    assignment: Assignment,
) -> None:
    started: list[Worker] = []
    alive: list[int] = []

    def start(program: Program) -> Worker:
        started.append(Worker(program))
        return started[-1]

    def see(report: Report) -> None:
        alive.append(sum(worker.alive for worker in started))

    of_reference(assignment, start=start).run(see)
    assert alive[-1] == 0
    files = [q.file for q, _ in assignment.questions()]
    assert len(started) == len(files)
    assert len(files) == len(set(files)) == len(planted.FILES)


def test_results_are_complete_after_every_question(assignment: Assignment) -> None:
    seen: list[Report] = []
    grading = of_reference(assignment)
    assert {str(m.outcome) for m in grading.report().marks} == {"internal"}
    grading.run(seen.append)
    graded = [sum(m.outcome is not Outcome.INTERNAL for m in report.marks) for report in seen]
    rows = {(r.visibility != "visible", q.title): 0 for q in assignment.rubric.questions for r in q.rows}
    for question, row in assignment.rubric.rows():
        rows[row.visibility != "visible", question.title] += 1
    assert graded == list(accumulate(rows[turn] for turn in sorted(rows)))
    assert all(len(report.marks) == graded[-1] for report in seen)


def test_what_is_not_graded_by_the_deadline_is_timed_out(assignment: Assignment) -> None:
    ticks = iter(range(10_000))

    def clock() -> float:
        return float(next(ticks))

    report = of_reference(assignment, clock=clock, seconds_in_all=20).run()
    outcomes = [mark.outcome for mark in report.marks]
    assert outcomes[0] is Outcome.PASSED
    assert outcomes[-1] is Outcome.TIMED_OUT
    assert set(outcomes) <= {Outcome.PASSED, Outcome.TIMED_OUT, Outcome.WRITTEN}
    assert "The time for the whole grading was used up" in report.marks[-1].feedback
    assert not report.rerun


def test_a_worker_that_does_not_start_is_our_fault(assignment: Assignment) -> None:
    def start(program: Program) -> Worker:
        raise WorkerFault("no processes left")

    report = of_reference(assignment, start=start).run()
    assert {mark.outcome for mark in report.marks} == {Outcome.INTERNAL}
    assert report.rerun
    assert "no processes left" in report.marks[0].staff
    assert "our fault, not yours" in report.marks[0].feedback
    assert "no processes left" not in report.marks[0].feedback


def broken(function: Callable[..., Any], assignment: Assignment, number: str) -> Assignment:
    rows = []
    for linked in assignment.rows:
        if linked.row.number == number and linked.check is not None:
            function.__dict__.update(linked.check.function.__dict__)
            linked = replace(linked, check=replace(linked.check, function=function))
        rows.append(linked)
    return Assignment(assignment.rubric_file, tuple(rows), assignment.reference)


def test_an_exception_of_ours_is_our_fault_and_costs_its_row_only(assignment: Assignment) -> None:
    def spec(student: Any, award: Any) -> None:
        raise ArithmeticError("the two opinions differ")

    report = of_reference(broken(spec, assignment, "1.2")).run()
    marks = {mark.number: mark for mark in report.marks}
    assert marks["1.2"].outcome is Outcome.INTERNAL
    assert "the two opinions differ" in marks["1.2"].staff
    assert "differ" not in marks["1.2"].feedback
    assert marks["1.3"].outcome is Outcome.PASSED
    assert report.rerun


def test_a_spec_that_forgets_to_award_is_our_fault(assignment: Assignment) -> None:
    def spec(student: Any, award: Any) -> None:
        """Awards nothing."""

    report = of_reference(broken(spec, assignment, "1.1")).run()
    assert report.marks[0].outcome is Outcome.INTERNAL
    assert "ended without award.found" in report.marks[0].staff


def test_without_the_reference_rows_that_need_it_are_deferred(assignment: Assignment) -> None:
    report = of_reference(replace(assignment, reference=AbsentReference())).run()
    deferred = {mark.number for mark in report.marks if mark.outcome is Outcome.DEFERRED}
    assert deferred == {"1.1", "2.1", "2.2"}
    marks = {mark.number: mark for mark in report.marks}
    assert "Read as: binary" in marks["2.2"].feedback
    assert "slope 3/2" in marks["1.1"].feedback
    assert marks["1.2"].outcome is Outcome.PASSED


def test_the_same_seed_gives_the_same_report_and_another_seed_other_problems(
    assignment: Assignment, tmp_path: Path
) -> None:
    folder = planted.build("wrong_answers", tmp_path)
    submission = read_submission(folder, assignment.rubric.files())

    def feedback(seed: str) -> list[str]:
        return [mark.feedback for mark in Grading(assignment, submission, seed, start=planted.jail().start).run().marks]

    assert feedback("17-1") == feedback("17-1")
    assert feedback("17-1") != feedback("17-2")


def test_partial_credit_of_a_wrong_submission_is_exact(assignment: Assignment, tmp_path: Path) -> None:
    report = planted.grade(assignment, planted.build("wrong_answers", tmp_path))
    points = {mark.number: mark.points for mark in report.marks}
    assert points["1.2"] == Fraction(3, 5) * Fraction(5, 4)  # three of five lists
    assert points["2.1"] == Fraction(1, 2)  # loose, within the ceiling
    assert points["3.2"] == Fraction(3, 10)  # set_score, in points


def test_what_a_visible_row_printed_is_shown_and_what_a_hidden_one_printed_is_not(
    assignment: Assignment, tmp_path: Path
) -> None:
    for name in planted.FILES:
        (tmp_path / name).write_text((ROOT / "reference" / name).read_text())
    with (tmp_path / "averages.py").open("a") as file:
        file.write("\n\ndef line():\n    print('looking at \\x1b[31m')\n    return 5\n")
        file.write("\n\ndef median(s):\n    print('secret')\n    return 'none'\n")
    marks = {mark.number: mark for mark in planted.grade(assignment, tmp_path).marks}
    assert "Your code printed:\nlooking at [31m" in marks["1.1"].feedback
    assert "secret" in marks["1.3"].staff
    assert "secret" not in marks["1.3"].feedback
