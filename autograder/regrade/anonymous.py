"""`--anonymous`: a folder that is new keeps nobody's name, not in its store either; of an older one, which files do.

What students wrote is kept as it is: a student who signs it is named there.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from autograder.intake.entry import About
from autograder.regrade.output_dir import RESPONSES, WRITTEN

MARK = "anonymous "  # before the mark of a submission whose people are left out: with them it is told anew
# Beside the store: what people write or keep in the folder, and what was written without --anonymous
NAMING = ("overrides.csv", WRITTEN, "late.csv", "needs-a-person.csv", RESPONSES, "feedback", "what-if")


def nameless(about: About) -> About:
    """The same without the people."""
    return msgspec.structs.replace(about, people=(), digest=marked(about.digest))


def marked(digest: str) -> str:
    """The digest of what is told of a submission, another one than with its people."""
    return digest if digest.startswith(MARK) else MARK + digest


def names_nobody(abouts: Iterable[About]) -> bool:
    """Whether a store, of which these are all submissions, keeps no name: it is new, or was always anonymous."""
    return not any(about.people for about in abouts)


def told(folder: Path, named: bool) -> str:
    """What the folder names of people, for whoever hands it on. named: its store does."""
    if not named:
        kept = [name for name in NAMING if (folder / name).exists() and name != "needs-a-person.csv"]
        but = f" but for what people wrote ({', '.join(kept)})" if kept else ""
        return (
            f"--anonymous: {folder} holds no student's name, e-mail or sid{but}; files are kept as students wrote them"
            " (findings.sqlite), signed or not"
        )
    stay = [path.name for path in sorted(folder.glob("findings.*"))]
    stay += [name for name in NAMING if (folder / name).exists()]
    return (
        f"--anonymous: these name students and must not be handed on: {', '.join(stay)}. A folder that names nobody:"
        f" regrade {folder} -o NEW --anonymous"
    )
