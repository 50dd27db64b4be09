"""What late work costs under the rubric's rule: a share of the points that were earned, never on Gradescope."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from autograder.assignment.rubric import Late

DAY = 86_400


class Charge(msgspec.Struct, frozen=True):
    """What lateness costs. days: begun after the due date. free: of them, late days used. share: of the points."""

    days: int = 0
    free: int = 0
    share: Fraction = Fraction(0)

    @property
    def words(self) -> str:
        """ "2 days late, 1 of them a late day: 10 % of the points"; "" for on time."""
        if not self.days:
            return ""
        used = f", {self.free} of them late days" if self.free else ""
        return f"{self.days} day{'s' if self.days > 1 else ''} late{used}: {float(100 * self.share):g} % of the points"


def charge(rule: Late, seconds: int, late_days: int | None = None) -> Charge:
    """The charge for work that came so many seconds after it was due.

    share = min(1, penalty_per_day * max(0, ceil(seconds / day) - late_days)), 0 within the grace period.
    late_days: what the student has left, where it is not the rule's number.

    >>> from decimal import Decimal
    >>> rule = Late(penalty_per_day=Decimal("0.1"), grace_minutes=15)
    >>> charge(rule, 900).days, charge(rule, 901).share, charge(rule, 86_401).share
    (0, Fraction(1, 10), Fraction(1, 5))
    """
    if seconds <= rule.grace_minutes * 60:
        return Charge()
    days = -(-seconds // DAY)
    free = min(days, rule.late_days if late_days is None else late_days)
    return Charge(days, free, min(Fraction(1), (days - free) * Fraction(rule.penalty_per_day)))
