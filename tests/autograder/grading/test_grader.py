"""The loop: the deadline, the order, who is alive when results are written, and whose fault is whose."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

from msgspec import structs
from msgspec.structs import replace

from autograder.assignment.load import AbsentReference, Assignment
from autograder.core.outcome import Outcome, Report
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import Grading
from autograder.sandbox.portable_worker import Program, Worker, WorkerFault
from tests.autograder import planted

ROOT = planted.ROOT


def reference(assignment: Assignment) -> Submission:
    return read_submission(ROOT / "reference", assignment.rubric.files())


def test_no_student_process_is_alive_when_results_are_written(assignment: Assignment) -> None:
    started: list[Worker] = []
    alive: list[int] = []

    def start(program: Program) -> Worker:
        started.append(Worker(program))
        return started[-1]

    def see(report: Report) -> None:
        alive.append(sum(worker.alive for worker in started))

    Grading(assignment, reference(assignment), "891", start=start).run(see)
    assert alive == [0] * len(planted.RUBRIC.questions)
    files = [q.file for q, _ in assignment.questions()]
    assert len(started) == len(files)
    assert len(files) == len(set(files)) == len(planted.FILES)


def test_a_process_that_was_given_inputs_serves_one_visibility_only(assignment: Assignment) -> None:
    def started(*hidden: str) -> int:
        count = 0

        def start(program: Program) -> Worker:
            nonlocal count
            count += 1
            return planted.jail().start(program)

        rows = tuple(
            replace(one, row=structs.replace(one.row, visibility="hidden")) if one.row.number in hidden else one
            for one in assignment.rows
            if one.question.file in ("lstm_gradient.py", "convolutional.py")
        )
        Grading(replace(assignment, rows=rows), reference(assignment), "891", start=start).run()
        return count

    assert started() == 2  # 3.1 and 3.2a wait for the due date and 3.2b does not, but nothing is handed over in them
    assert started("3.2b") == 2
    assert started("2.3") == 3  # a text, in a process that was never given the inputs of 2.1a to 2.2
    assert started("2.1a") == 3
    assert started("2.1a", "2.1c", "2.2") == 3  # hidden ones share, and so do the others


def test_results_are_complete_after_every_question(assignment: Assignment) -> None:
    seen: list[Report] = []
    grading = Grading(assignment, reference(assignment), "891", start=planted.jail().start)
    assert {str(m.outcome) for m in grading.report().marks} == {"internal"}
    grading.run(seen.append)
    graded = [sum(m.outcome is not Outcome.INTERNAL for m in report.marks) for report in seen]
    assert graded == list(accumulate(len(question.rows) for question in assignment.rubric.questions))
    assert all(len(report.marks) == graded[-1] for report in seen)


def test_what_is_not_graded_by_the_deadline_is_timed_out(assignment: Assignment) -> None:
    ticks = iter(range(10_000))

    def clock() -> float:
        return float(next(ticks))

    report = Grading(
        assignment, reference(assignment), "891", start=planted.jail().start, clock=clock, seconds_in_all=20
    ).run()
    outcomes = [mark.outcome for mark in report.marks]
    assert outcomes[0] is Outcome.PASSED
    assert outcomes[-1] is Outcome.TIMED_OUT
    assert set(outcomes) <= {Outcome.PASSED, Outcome.TIMED_OUT, Outcome.WRITTEN}
    assert "The time for the whole grading was used up" in report.marks[-1].feedback
    assert not report.rerun


def test_a_worker_that_does_not_start_is_our_fault(assignment: Assignment) -> None:
    def start(program: Program) -> Worker:
        raise WorkerFault("no processes left")

    report = Grading(assignment, reference(assignment), "891", start=start).run()
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

    report = Grading(broken(spec, assignment, "1.2"), reference(assignment), "891", start=planted.jail().start).run()
    marks = {mark.number: mark for mark in report.marks}
    assert marks["1.2"].outcome is Outcome.INTERNAL
    assert "the two opinions differ" in marks["1.2"].staff
    assert "differ" not in marks["1.2"].feedback
    assert marks["1.3"].outcome is Outcome.PASSED
    assert report.rerun


def test_a_spec_that_forgets_to_award_is_our_fault(assignment: Assignment) -> None:
    def spec(student: Any, award: Any) -> None:
        """Awards nothing."""

    report = Grading(broken(spec, assignment, "1.1"), reference(assignment), "891", start=planted.jail().start).run()
    assert report.marks[0].outcome is Outcome.INTERNAL
    assert "ended without award.found" in report.marks[0].staff


def test_without_the_reference_rows_that_need_it_are_deferred(assignment: Assignment) -> None:
    report = Grading(
        replace(assignment, reference=AbsentReference()), reference(assignment), "891", start=planted.jail().start
    ).run()
    deferred = {mark.number for mark in report.marks if mark.outcome is Outcome.DEFERRED}
    asked = {number for number in deferred if number[0] in "1234"}  # a term may add questions
    assert asked == {"3.1", "3.2a", "4.1a", "4.1b", "4.2a", "4.2b"}
    marks = {mark.number: mark for mark in report.marks}
    assert "Read as: left" in marks["3.2a"].feedback
    assert f"{assignment.reference.parameter_counts['total']:,}" in marks["3.1"].feedback
    assert marks["2.1a"].outcome is Outcome.PASSED


def test_the_same_seed_gives_the_same_report_and_another_seed_other_problems(
    assignment: Assignment, tmp_path: Path
) -> None:
    folder = planted.build("wrong_answers", tmp_path)
    submission = read_submission(folder, assignment.rubric.files())

    def feedback(seed: str) -> list[str]:
        return [mark.feedback for mark in Grading(assignment, submission, seed, start=planted.jail().start).run().marks]

    assert feedback("891-1") == feedback("891-1")
    assert feedback("891-1") != feedback("891-2")


def test_credit_follows_from_findings_and_rubric_alone(assignment: Assignment, tmp_path: Path) -> None:
    from autograder.assignment import credit

    report = planted.grade(assignment, planted.build("wrong_answers", tmp_path))
    judged = 0
    for linked, mark in zip(assignment.rows, report.marks, strict=True):
        if linked.check is not None:
            share = credit.earned(linked.check.rule, mark.findings, linked.params, linked.row.worth)
            assert share == mark.fraction, mark.number
            judged += 1
    assert judged == sum(row.graded == "spec" for _, row in planted.RUBRIC.rows())


def test_partial_credit_of_a_wrong_submission_is_exact(assignment: Assignment, tmp_path: Path) -> None:
    report = planted.grade(assignment, planted.build("wrong_answers", tmp_path))
    points = {mark.number: mark.points for mark in report.marks}
    assert points["2.1a"] == Fraction(4, 5) / 2  # one of five terms is wrong
    assert points["2.1b"] == Fraction(1, 2) / 2  # one of two terms is missing
    assert points["3.1"] == Fraction(1, 2)  # five of six layers
    assert points["4.2b"] == Fraction(1, 4)  # loose, within the ceiling


def test_what_a_visible_row_printed_is_shown_and_what_a_hidden_one_printed_is_not(
    assignment: Assignment, tmp_path: Path
) -> None:
    for name in planted.FILES:
        (tmp_path / name).write_text((ROOT / "reference" / name).read_text())
    with (tmp_path / "binary_addition.py").open("a") as file:
        file.write("\n\ndef rnn_weights():\n    print('looking at \\x1b[31m')\n    return 5\n")
    with (tmp_path / "convolutional.py").open("a") as file:
        file.write("\n\ndef parameter_counts():\n    print('secret')\n    return 5\n")
    marks = {mark.number: mark for mark in planted.grade(assignment, tmp_path).marks}
    assert "Your code printed:\nlooking at [31m" in marks["1.1"].feedback
    assert "secret" in marks["3.1"].staff
    assert "secret" not in marks["3.1"].feedback
