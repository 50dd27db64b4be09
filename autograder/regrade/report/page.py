"""A graded class as one page for the instructor: it stands alone, works offline, and can be printed.

Tables of numbers and plots are in the page; the table of students is made in the browser, by DataTables, from JSON that
stands in the page too. One script runs, named by its hash in the page's policy; nothing is fetched. Names, notes and
feedback are untrusted text: cleaned, escaped by jinja2, or set as text by the script.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from autograder.core.errors import EnvironmentFault
from autograder.core.outcome import Outcome
from autograder.core.packages import missing, not_installed
from autograder.core.points import decimal_text
from autograder.core.text import one_line
from autograder.regrade import statistics
from autograder.regrade.diff import Changes, changes
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.output_dir import NEEDS
from autograder.regrade.report.data import embedded, linked_from, page_data
from autograder.regrade.worth import unread, worth

NEEDED = ("jinja2", "matplotlib")
MOST_MISTAKES = 8  # shown of a row at once
WEAK = 0.2  # a row whose item-rest correlation is below this is marked: the usual rule of thumb (Ebel, 1965)


class CannotReport(EnvironmentFault):
    """The page cannot be made here; the message is one sentence that says what to do."""


def page(
    book: Gradebook,
    feedback: Callable[[str], Sequence[str]] = lambda _: (),
    results: Callable[[str], str] | None = None,
    code: Callable[[str], str] | None = None,
    waiting: str = "",
) -> str:
    """The whole page; the same gradebook gives the same bytes.

    feedback: of a submission, what the student reads of each column, "" for none. results: of a submission, the path of
    its results file from where the page lies ("results/123.json"), "" for none; None for no links at all. code: the
    same of the page that shows its code beside its marks. waiting: how much needs a person, in words.

    Raises CannotReport without jinja2 and matplotlib.
    """
    try:
        from markupsafe import Markup

        from autograder.core.template import template
        from autograder.regrade.report import plots as class_plots
        from autograder.regrade.report.parts import HERE, parts
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in ("autograder", "reference"):
            raise  # what these packages bring with them (markupsafe, say) may be what is missing
        absent = missing(NEEDED) or [str(error.name)]
        raise CannotReport(not_installed("the report of a class", absent, NEEDED)) from None
    changed = changes(book)
    data = Markup(embedded(page_data(book, changed, feedback, results, code)))
    facts = {**_facts(book, changed, class_plots), "waiting": waiting, "needs": NEEDS}
    return template(HERE / "page.html").render(data=data, **facts, **parts())


def _facts(book: Gradebook, changed: Changes, plots: Any) -> dict[str, Any]:
    """Everything the template reads."""
    counts = [statistics.outcomes(book, at) for at in range(len(book.columns))]
    words = [str(word) for word in Outcome if any(str(word) in one for one in counts)]
    numbers = [column.number for column in book.columns]
    reruns = [one_line(standing.submission) for standing in book.standings if standing.rerun]
    linked = [(name, linked_from(name)) for name in reruns]
    return {
        "book": book,
        "since": book.rubric_since[:16].replace("T", " "),
        "count": len(book.standings),
        "reruns": linked,
        "worth": worth(book),
        "unread": unread(book),
        "summary": {name: _rounded(value) for name, value in statistics.summary(_judged(book)).items()},
        "totals": _totals(book, plots),
        "words": words,
        "rows": [_row(book, at, words, one) for at, one in enumerate(counts)],
        "rows_plot": plots.rows(numbers, counts, _described(numbers, counts)) if book.standings and numbers else "",
        "changes": changed if book.against or changed.compared else None,
        "against": one_line(book.against) or "the old grading",
        "decided": _decided(book),
        "most_mistakes": MOST_MISTAKES,
    }


def _judged(book: Gradebook) -> list[Fraction]:
    """The totals there are: a submission that is not graded has none."""
    return [standing.total for standing in book.standings if standing.total is not None]


def _rounded(number: Fraction | float) -> str:
    return f"{number:.2f}" if isinstance(number, float) else decimal_text(round(number, 2))


def _totals(book: Gradebook, plots: Any) -> dict[str, Any] | None:
    """The histogram and the same numbers; None for no totals."""
    new = _judged(book)
    old = [standing.old_total for standing in book.standings if standing.old_total is not None]
    if not new:
        return None
    most = sum((column.max_points for column in book.columns if not column.extra_credit), Fraction(0))
    bins = statistics.edges([*new, *old], most)
    now, then = statistics.histogram(new, bins), statistics.histogram(old, bins) if old else None
    table = list(zip(plots.ends(bins), now, then or [""] * len(now), strict=True))
    told = "; ".join(f"{bin}: {count}" + (f", was {was}" if old else "") for bin, count, was in table if count or was)
    told = f"How many submissions have a total in each range. {told}."
    return {"plot": plots.totals(bins, now, then, told), "table": table, "old": len(old)}


def _described(numbers: Sequence[str], counts: Sequence[dict[str, int]]) -> str:
    rows = [
        f"{number}: {', '.join(f'{n} {word}' for word, n in one.items())}"
        for number, one in zip(numbers, counts, strict=True)
    ]
    return f"How many submissions had each outcome. {'; '.join(rows)}."


def _row(book: Gradebook, at: int, words: Sequence[str], counts: dict[str, int]) -> dict[str, Any]:
    """What the template shows of one column. counts: of each outcome that occurs in the class."""
    column, found = book.columns[at], statistics.separation(book, at)
    numbers = {"share": found.share, "correlation": found.correlation, "index": found.index}
    said = {name: "-" if value is None else f"{round(value, 2) + 0:.2f}" for name, value in numbers.items()}
    return {
        "name": one_line(f"{column.number} {column.title}"),
        "most": ("+" if column.extra_credit else "") + decimal_text(column.max_points),
        "counts": [counts.get(word, 0) for word in words],
        "separation": {**said, "judged": found.count},
        "weak": found.correlation is not None and found.correlation < WEAK,  # it hardly separates
        "mistakes": statistics.mistakes(book, at),
    }


def _decided(book: Gradebook) -> tuple[int, int, int]:
    """How many cells people overruled, how many written answers they gave points for, and bonuses and penalties."""
    graded = [
        column.graded
        for standing in book.standings
        for column, cell in zip(book.columns, standing.cells, strict=True)
        if cell.decided
    ]
    written = graded.count("written")
    return len(graded) - written, written, sum(len(standing.adjusted) for standing in book.standings)
