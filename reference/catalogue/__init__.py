"""The catalogue: known mistakes, each with the row that must catch it, and right answers in unusual forms.

A case is a change to the reference solution: `source` is appended to the reference's file of that question, so that
it redefines one function or constant and leaves everything else right. The tests evaluate it in process; `validate`
sends it through the real path. One module per question, in homework order.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One planted answer.

    row:      the rubric row that must judge it ("2.1a").
    name:     what is unusual about it, in a few words ("(1 - g) for (1 - g^2)").
    source:   Python text appended to the reference's file of that question.
    outcome:  the outcome word that row must get: "passed", "partial" or "failed".
    credit:   the exact fraction of the row's points as text ("4/5", "1", "0"), or None where it depends on the rubric.
    says:     a piece of text that the row's feedback to the student must contain; "" asks for nothing.
    also:     other rows whose outcome changes with it (row -> outcome word); every row not named must pass.
    """

    row: str
    name: str
    source: str
    outcome: str
    credit: str | None = None
    says: str = ""
    also: dict[str, str] = field(default_factory=dict)
