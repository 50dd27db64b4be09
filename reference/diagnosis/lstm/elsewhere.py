"""An equation that is right at some steps and wrong at others: taken apart where it is wrong."""

from __future__ import annotations

import random
from collections.abc import Sequence

from msgspec.structs import replace

from autograder.maths.closeness import close
from reference.diagnosis.lstm import counts
from reference.diagnosis.lstm.equations import TERMS, Form
from reference.diagnosis.lstm.probes import Asked
from reference.diagnosis.lstm.settings import draw_setting
from reference.diagnosis.lstm.shapes import Judged, wrong_where
from reference.diagnosis.lstm.study import Study, holds, study_of, unsaid
from reference.diagnosis.lstm.verdict import Finding, Verdict


def elsewhere(
    equation: str, asked: Asked, steps: Sequence[Judged], study: Study | None, rng: random.Random
) -> tuple[Study | None, str]:
    """The function taken apart where it is wrong, and where that is: it may be right at other steps."""
    wrong = {(one.T, one.t) for one in steps if not one.right}
    everywhere = all(not one.right for one in steps)
    if not wrong or (everywhere and (study is None or not mixed(study))):
        return study, ""
    says = wrong_where(equation, asked, steps, rng)
    if study is not None and everywhere:
        return (_silent(equation, study, study.count), says) if says else (study, "")
    shapes = sorted((T, t) for T, t in wrong if t is not None and t < T)
    if not shapes:
        return _last_step_only(equation, study), says
    there = study_of(equation, asked, [shapes[k % len(shapes)] for k in range(4)], rng)
    if there is None or there.verdict.faultless or mixed(there):
        return _worthless(equation, study), says
    if not _holds(equation, asked, there.verdict, shapes, rng):
        there = replace(there, verdict=unsaid(there.verdict))
    true = len(TERMS[equation])
    if study is not None and study.count.share(true) < there.count.share(true):
        there = replace(there, count=study.count)
    return there, says


def own_steps(asked: Asked) -> list[Judged]:
    """Where it was asked here, and whether every value there was right."""
    right: dict[tuple[int, int | None], bool] = {}
    for call, value in asked.numbers:
        step = call.states.T, call.t
        right[step] = right.get(step, True) and close(value, call.want)
    return [Judged(*step, good) for step, good in right.items()]


def mixed(study: Study) -> bool:
    """Whether it is right in some settings and wrong in others."""
    return not study.verdict.named and len({probe.right for probe in study.probes}) > 1


def _holds(
    equation: str, asked: Asked, verdict: Verdict, shapes: Sequence[tuple[int, int]], rng: random.Random
) -> bool:
    """Whether what was read off gives the values at such steps in fresh settings too."""
    if not verdict.known:
        return True
    settings = [draw_setting(rng, *shapes[k % len(shapes)]) for k in range(4)]
    values = asked([setting.call(equation) for setting in settings])
    return holds(verdict, settings, values, asked.noise)


def _last_step_only(equation: str, study: Study | None) -> Study | None:
    """Wrong at t = T only: the term that is left there is lost."""
    if study is None:
        return None
    return replace(study, count=counts.Count(max(0, study.count.right - 1), study.count.given))


def _worthless(equation: str, study: Study | None) -> Study | None:
    """Wrong at steps at which it could not be taken apart: nothing is known to be right there."""
    return study and _silent(equation, study, counts.Count(0, len(TERMS[equation])))


def _silent(equation: str, study: Study, count: counts.Count) -> Study:
    """The study without anything to say of the terms."""
    findings = tuple(Finding(term, Form(term), 1.0) for term in TERMS[equation])
    return replace(study, verdict=Verdict(findings), count=count)
