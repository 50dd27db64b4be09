"""What a folder of gradings keeps: one SQLite file, whole after any stop, with all that a regrading needs.

It holds each submission as it was read, and what was found in each of its rows, apart from the rubric. Each row is kept
with its cache key (`fingerprint`), so what was found under another engine, reference or spec is known as such. There
are two slots: what was graded (`NOW`), and rows that only a what-if wanted (`WHAT_IF`), which a later grading may use.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from autograder.core.submission import Submission
from autograder.grading.finding import Finding, Words
from autograder.intake.entry import About
from autograder.regrade import integrity
from autograder.regrade.store_file import StoreFile
from autograder.regrade.totals import Kept, RawRows, raw_rows

NOW, WHAT_IF = "now", "what-if"
# What was found in other files of the same id, or in a submission that is handed in no more, is kept and not read.
_FOUND = """
select graded.id, graded.content, rows from graded
join submissions on submissions.id = graded.id and submissions.content = graded.content where slot = ?
"""


_ALL_TOLD = "select id, about, content from submissions"


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a submission was graded: the seed, seconds, and what its jail held."""

    seed: str = ""
    seconds: float = 0.0
    isolation: dict[str, Any] = {}


Rows = dict[str, Kept]
_rows = msgspec.json.Decoder(Rows)
_words = msgspec.json.Decoder(dict[str, Words])
_about = msgspec.json.Decoder(About)
_run = msgspec.json.Decoder(Run)
_DECODERS = {"about": _about.decode, "rows": _rows.decode, "words": _words.decode, "run": _run.decode}


class Store(StoreFile):
    """The store of one folder: its submissions, and what was found in them."""

    def _look_at_rows(self) -> None:
        integrity.rows(self._db, _DECODERS, (NOW, WHAT_IF))

    # ------------------------------------------------------------------------------------------------- submissions

    def put(self, about: About, content: str, submission: Submission | None) -> None:
        """Keeps a submission as it was read; it is on the disk with the next `keep` or `set_fact`."""
        files = None if submission is None else zlib.compress(_encoded(submission), 1)
        said = msgspec.json.encode(about).decode()
        self._db.execute(
            "insert or replace into submissions values (?, ?, ?, ?)", (about.submission, said, content, files)
        )

    def retire(self, submission_id: str) -> None:
        """Forgets a submission's files; what was found in it stays, for when it comes back."""
        self._db.execute("delete from submissions where id = ?", (submission_id,))

    def abouts(self) -> dict[str, About]:
        """Every submission that is kept, by its id, in no order."""
        return {
            submission_id: _about.decode(said)
            for submission_id, said in self._db.execute("select id, about from submissions")
        }

    def told_texts(self) -> dict[str, str]:
        """What is told of each submission, as it is kept, with the digest of its files."""
        return {submission_id: f"{content} {said}" for submission_id, said, content in self._db.execute(_ALL_TOLD)}

    def contents(self) -> dict[str, str]:
        """The digest of each submission's files."""
        return dict(self._db.execute("select id, content from submissions"))

    def submission(self, submission_id: str) -> Submission | None:
        """A submission's files; None if they could not be read."""
        found = self._db.execute("select files from submissions where id = ?", (submission_id,)).fetchone()
        if found is None or found[0] is None:
            return None
        return integrity.files(found[0])

    def take_over(
        self, other: Store, change: Callable[[About], About] | None = None, facts: Sequence[str] = ()
    ) -> None:
        """Takes over the submissions of another store, and what was found in them and facts that are not known yet.

        change: of what is told of each submission.
        """
        for table in ("submissions", "graded", "told"):
            rows = other._db.execute(f"select * from {table}")  # a name of ours
            for row in rows:
                if change is not None and table == "submissions":
                    row = (row[0], msgspec.json.encode(change(_about.decode(row[1]))).decode(), *row[2:])
                places = ", ".join("?" * len(row))
                how = "replace" if table == "submissions" else "ignore"
                self._db.execute(f"insert or {how} into {table} values ({places})", row)
        self._db.execute("update graded set shown = ''")
        self._db.commit()
        for name in facts:
            if not self.fact(name) and (told := other.fact(name)):
                self.set_fact(name, told)

    # ---------------------------------------------------------------------------------------------------- findings

    def keep(
        self,
        submission_id: str,
        slot: str,
        content: str,
        keys: Mapping[str, str],
        found: Mapping[str, Finding],
        run: Run,
    ) -> None:
        """Adds rows to what is kept of a submission, and drops what was found in other files of the same id."""
        digest, rows = self.kept(submission_id, slot)
        words = self.words(submission_id, slot)
        if digest != content:
            rows, words = {}, {}
        for row, finding in found.items():
            rows[row] = Kept(keys[row], msgspec.structs.replace(finding, words=Words()))
            words[row] = finding.words
        encoded = [msgspec.json.encode(value).decode() for value in (rows, words, run)]
        with self._db:
            self._db.execute(
                "insert or replace into graded values (?, ?, ?, ?, '')", (submission_id, slot, content, encoded[0])
            )
            self._db.execute(
                "insert or replace into told values (?, ?, ?, ?)", (submission_id, slot, encoded[1], encoded[2])
            )

    def kept(self, submission_id: str, slot: str) -> tuple[str, Rows]:
        """The digest of a submission's files, and what was found in these; ("", {}) if nothing was."""
        content, rows = self._kept(submission_id, slot)
        return content, _rows.decode(rows)

    def row_texts(self, slot: str) -> dict[str, str]:
        """Submission -> its rows in a slot, not decoded: most submissions of a class have the same text."""
        return {submission_id: rows for submission_id, _, rows in self._db.execute(_FOUND, (slot,))}

    def raw_rows_of(self, submission_id: str, slot: str) -> RawRows:
        """The rows of one submission; {} if nothing was found in its files as they are."""
        return raw_rows(self._kept(submission_id, slot)[1])

    def _kept(self, submission_id: str, slot: str) -> tuple[str, str]:
        found = self._db.execute(f"{_FOUND} and graded.id = ?", (slot, submission_id)).fetchone()
        return found[1:] if found else ("", "{}")

    def words(self, submission_id: str, slot: str) -> dict[str, Words]:
        """What is said of each row."""
        return _words.decode(self._told(submission_id, slot)[0])

    def run(self, submission_id: str, slot: str) -> Run:
        """How a submission was graded."""
        return _run.decode(self._told(submission_id, slot)[1])

    def _told(self, submission_id: str, slot: str) -> tuple[str, str]:
        query = "select words, run from told where id = ? and slot = ?"
        return self._db.execute(query, (submission_id, slot)).fetchone() or ("{}", "{}")

    def shown(self, slot: str) -> dict[str, str]:
        """The digest of what each submission's results file was last made from."""
        return dict(self._db.execute("select id, shown from graded where slot = ?", (slot,)))

    def set_shown(self, submission_id: str, slot: str, shown: str) -> None:
        """Keeps that digest; on the disk with the next commit. An older one only has the file written again."""
        self._db.execute("update graded set shown = ? where id = ? and slot = ?", (shown, submission_id, slot))


def _encoded(submission: Submission) -> bytes:
    said = {"texts": dict(submission.texts), "faults": dict(submission.faults), "others": list(submission.others)}
    said |= {"within": submission.within} if submission.within else {}
    return json.dumps(said).encode("ascii")
