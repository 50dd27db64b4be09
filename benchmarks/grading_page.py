"""How soon the page to grade in is there, and how soon a key shows: `python -m benchmarks.grading_page [ANSWERS]`.

Measured in a fresh tab of a headless Chromium, from the start of the navigation until the script has run and the page
is painted twice; then of fifty marks, from the key until the next frame. The page's own budget is 1 s for 500 answers.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from autograder.blind.collect import WrittenAnswer, collect
from autograder.regrade.gradebook import Column

RUNS = 7
WORDS = ("gate", "cell", "gradient", "forget", "product", "weights", "step", "near", "one", "zero", "unchanged", "path")
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
MARK = """() => new Promise(done => {
    const start = performance.now();
    const key = (name, where) => where.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true}));
    key("f", document.activeElement), key("n", document.activeElement);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def answers(count: int) -> list[WrittenAnswer]:
    """A class: 60 to 200 words each, one in eight much like the one before."""
    rng = random.Random(18)
    texts: list[str] = []
    for at in range(count):
        words = [f"{rng.choice(WORDS)}{rng.randrange(40)}" for _ in range(rng.randint(60, 200))]
        texts.append(f"{texts[-1]} {words[0]}" if at % 8 == 7 else " ".join(words))
    return [WrittenAnswer(str(at), "1", text) for at, text in enumerate(texts)]


def opening(browser: Browser, page: Path) -> tuple[float, float]:
    """Seconds until the page is there, and the median of seconds that a mark takes."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(page.as_uri())
    there = tab.evaluate(PAINTED)
    marks = [tab.evaluate(MARK) for _ in range(50)]
    assert tab.locator("#progress").inner_text().startswith("5"), "fifty marks and more"
    tab.close()
    return there / 1000, statistics.median(marks) / 1000


def main(arguments: Sequence[str]) -> int:
    """Prints the median and the worst of `RUNS` openings."""
    count = int(arguments[0]) if arguments else 500
    column = Column("1", "Why", Fraction(1), graded="written")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        collect(answers(count), [column], Path(folder), "seed")
        page = Path(folder, "1.html")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        found = [opening(browser, page) for _ in range(RUNS)]
        size = page.stat().st_size
        browser.close()
    there, mark = zip(*found, strict=True)
    print(
        f"{count} answers, {size / 1e6:.2f} MB: there after {statistics.median(there):.2f} s, at worst {max(there):.2f}"
    )
    print(f"a mark and the next answer: {1000 * statistics.median(mark):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
