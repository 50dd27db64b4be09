"""One regrading: what must be graded, giving it to workers, and keeping what comes.

Where submissions come from is a `Source`, what is kept is a `Store`; what was found already and still stands is taken
as it is. So a regrading that was stopped goes on where it was, and a changed rubric grades only what it must.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import msgspec
from msgspec.structs import replace

from autograder.assignment.load import OWN_ROOT, Assignment
from autograder.core.submission import Submission
from autograder.core.text import number_of
from autograder.intake.entry import About
from autograder.intake.source import Damaged, Source, in_order
from autograder.regrade import memory, scheduler
from autograder.regrade.anonymous import marked, nameless
from autograder.regrade.executors import Crew
from autograder.regrade.fingerprint import Fingerprint, cache_keys, content
from autograder.regrade.gradebook import Cell
from autograder.regrade.progress import Progress
from autograder.regrade.store import NOW, WHAT_IF, Run, Store
from autograder.regrade.task import Done, Task
from autograder.regrade.totals import Appraiser


@dataclass(frozen=True)
class Setting:
    """What is graded with, and how.

    slot: where what is found is kept. hidden: folders that student code may not read. unsafe: grade where the jail does
    not hold. unnamed: nobody's name is kept.
    """

    assignment: Assignment
    fingerprint: Fingerprint
    slot: str = NOW
    hidden: tuple[str, ...] = ()
    unsafe: bool = False
    unnamed: bool = False


@dataclass
class Tally:
    """What one run did. failed: submission -> why it is not graded. ours: how many of them by our own fault."""

    graded: int = 0
    kept: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    ours: int = 0
    isolation: str = ""


class Regrading:
    """A regrading of what a source has, or of what a store has kept (source None)."""

    progress: Progress  # of `grade`

    def __init__(self, setting: Setting, store: Store, source: Source | None) -> None:
        self.setting, self.store, self.source = setting, store, source
        rows, rubric = setting.assignment.rows, setting.assignment.rubric
        self.keys = cache_keys(setting.fingerprint, rubric, rows)
        self.appraiser = Appraiser(rows, self.keys)
        self.tally = Tally()
        self._contents = store.contents()
        self._digests = {name: about.digest for name, about in store.abouts().items()} if source is not None else {}
        self._found: dict[str, tuple[Cell | None, ...]] | None = None  # until something more is found

    # ----------------------------------------------------------------------------------------------------- grading

    def grade(self, hire: Callable[[], Crew], progress: Progress) -> None:
        """Grades what must be; `hire` is asked for a crew only if anything must. Raises what `scheduler.run` raises."""
        self.progress = progress
        if self.source is not None:
            names = self.source.names()
            self._retire(set(self._contents) - set(names), self.source)
            tasks = self._tasks(names, self.source)
        else:
            names = self._not_graded_whole()
            made = (self._task(one, partial(self.store.submission, one)) for one in names)
            tasks = (task for task in made if task is not None)
        self.progress.expect(len(names))
        if self.source is None and names and self.setting.slot == WHAT_IF:
            self.progress.say(
                f"{number_of(len(names), 'submission')} to grade for this, in some rows; the rest is unchanged"
            )
        first = next(tasks, None)
        if first is not None:
            crew = hire()
            try:
                scheduler.run(chain((first,), tasks), crew, self)
            except KeyboardInterrupt:
                crew.close(now=True)  # a submission may take minutes, and is graded again by the next run
                raise
            finally:
                crew.close()

    def updated(self) -> str:
        """Where the project changed since the grades were published: that, and what is graded again; else ""."""
        changed = memory.updated(self.store, self.setting.fingerprint)
        if not changed:
            return ""
        missing = [[cell is None for cell in cells] for cells in self.cells().values()]
        some = sum(map(any, missing))
        if not some:
            return f"{changed}: no row is graded again"
        rows = [row.name for place, row in enumerate(self.appraiser.rows) if any(one[place] for one in missing)]
        of = number_of(some, "submission")
        return f"{changed}: row{'s' * (len(rows) > 1)} {', '.join(rows)} of {of} must be graded again"

    def _not_graded_whole(self) -> list[str]:
        """Of what the store has, the submissions with a row of which nothing stands."""
        whole = self._whole()
        self.tally.kept += len(whole & self._contents.keys())
        return in_order(self._contents.keys() - whole)

    def _retire(self, names: Set[str], source: Source) -> None:
        """Submissions that were graded here before, and are handed in no more, count no more."""
        for submission_id in in_order(names):
            del self._contents[submission_id]
            self.store.retire(submission_id)
            source.warnings.append(
                f"submission {submission_id} was graded here before and is not in this export: left out"
            )

    def _tasks(self, names: Sequence[str], source: Source) -> Iterator[Task]:
        whole = self._whole()
        for submission_id in names:
            task = self._task_from_source(source, submission_id, whole)
            if task is None:
                self.progress.advance()
            else:
                yield task

    def _task_from_source(self, source: Source, submission_id: str, whole: Set[str]) -> Task | None:
        """The task of a submission as it is handed in now; it is kept beside what is found in it.

        whole: the submissions of which nothing was missing when this began.
        """
        try:
            submission = source.read(submission_id)
        except Damaged as damage:
            self._unreadable(self._about(source, submission_id), str(damage))
            return None
        now = content(submission)
        same = self._contents.get(submission_id) == now
        told = source.digest(submission_id)
        if not same or self._digests.get(submission_id) != (marked(told) if self.setting.unnamed else told):
            self.store.put(self._about(source, submission_id), now, submission)
            self._contents[submission_id] = now
        if same and submission_id in whole:
            self.tally.kept += 1
            return None
        return self._task(submission_id, lambda: submission)

    def _about(self, source: Source, submission_id: str) -> About:
        """All that is kept of what is told. Reading its rows' scores is slow: for what is new or has changed."""
        about = replace(
            source.about(submission_id), scores=source.scores(submission_id), digest=source.digest(submission_id)
        )
        return nameless(about) if self.setting.unnamed else about

    def _unreadable(self, about: About, why: str) -> None:
        about = replace(about, unreadable=why)
        self.store.put(about, "", None)
        self._contents[about.submission] = ""
        self.given_up_of(about.submission, why)

    def _task(self, submission_id: str, read: Callable[[], Submission | None]) -> Task | None:
        missing = self._missing(submission_id)
        if not missing:
            self.tally.kept += 1
            return None
        submission = read()
        if submission is None:
            self.given_up_of(submission_id, "its files could not be read")
            return None
        setting = self.setting
        return Task(
            submission=submission_id,
            texts=submission.texts,
            faults=submission.faults,
            others=tuple(submission.others),
            seed=self.seed(submission_id),
            rows=missing,
            rubric=setting.assignment.rubric_file.text,
            rubric_name=setting.assignment.rubric_file.name,
            fingerprint=setting.fingerprint.whole,
            hidden=setting.hidden,
            unsafe=setting.unsafe,
            assignment="" if setting.assignment.root == OWN_ROOT else os.path.abspath(setting.assignment.root),
        )

    def seed(self, submission_id: str) -> str:
        """The seed of a submission's random draws: on Gradescope the same."""
        return self.setting.assignment.seed(submission_id)

    def _missing(self, submission_id: str) -> tuple[str, ...]:
        """The rows of a submission of which nothing that is kept stands."""
        slots = [self.store.raw_rows_of(submission_id, slot) for slot in (NOW, WHAT_IF)]
        self._promote(submission_id, slots)
        cells = self.appraiser.cells(*slots)
        pairs = zip(self.appraiser.rows, cells, strict=True)
        return tuple(linked.name for linked, cell in pairs if cell is None)

    def _promote(self, submission_id: str, slots: Sequence[Mapping[str, msgspec.Raw]]) -> None:
        """A grading takes over what an earlier what-if found, so that the two slots cannot part again."""
        now, what_if = slots
        if self.setting.slot != NOW or not what_if:
            return
        words = self.store.words(submission_id, WHAT_IF)
        taken = {}
        for place, linked in enumerate(self.appraiser.rows):
            raw = what_if.get(linked.name)
            if raw is not None and self.appraiser.cell(place, now.get(linked.name)) is None:
                kept = self.appraiser.stands(place, raw)
                if kept is not None:
                    taken[linked.name] = replace(kept.finding, words=words[linked.name])
        if taken:
            run = self.store.run(submission_id, WHAT_IF)
            self.store.keep(submission_id, NOW, self._contents[submission_id], self.keys, taken, run)
            self._found = None

    # --------------------------------------------------------------------------------------- what `scheduler.run` tells

    def done(self, done: Done) -> None:
        """Keeps what was found."""
        submission_id = done.submission
        run = Run(self.seed(submission_id), round(done.seconds, 3), done.isolation)
        self.store.keep(submission_id, self.setting.slot, self._contents[submission_id], self.keys, done.findings, run)
        self._found = None
        self.tally.graded += 1
        self.tally.isolation = done.isolation_line
        ours = [row for row, found in done.findings.items() if found.internal]
        if ours:
            self.tally.ours += 1
            self.progress.say(
                f"submission {submission_id}: {', '.join(ours)} not graded: internal error; run the command again"
            )
        self.progress.advance()

    def given_up(self, task: Task, why: str) -> None:
        """Notes that one is not graded."""
        self.tally.ours += 1
        self.given_up_of(task.submission, why)
        self.progress.advance()

    def given_up_of(self, submission_id: str, why: str) -> None:
        """The same, by its id."""
        self.tally.failed[submission_id] = why
        self.progress.say(f"submission {submission_id}: not graded: {why}")

    def notice(self, sentence: str) -> None:
        """Passes it on."""
        self.progress.say(sentence)

    def cells(self) -> dict[str, tuple[Cell | None, ...]]:
        """Submission -> its cells; a row of which nothing stands in one slot is taken from the other."""
        if self._found is None:
            now, extra = self.store.row_texts(NOW), self.store.row_texts(WHAT_IF)
            self._found = {
                submission_id: self.appraiser.cells_in(now.get(submission_id, ""), extra.get(submission_id, ""))
                for submission_id in (*now, *(submission_id for submission_id in extra if submission_id not in now))
            }
        return self._found

    def _whole(self) -> set[str]:
        """The submissions of which every row stands, in the slot of this grading (in a what-if, in either)."""
        if self.setting.slot != NOW:
            return {submission_id for submission_id, cells in self.cells().items() if None not in cells}
        now = self.store.row_texts(NOW)
        return {submission_id for submission_id, text in now.items() if None not in self.appraiser.cells_in(text, "")}
