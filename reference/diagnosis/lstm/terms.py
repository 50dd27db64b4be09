"""Why is this equation of 2.1 or 2.2 wrong? Which of its terms are right, and what happened to the others.

TERMS has the true terms of each equation. `explain` asks the wrong function about settings in which the states are
those of a network and every error signal is free, so that what it multiplies each of them by is measured exactly; and
says in words how that differs from the true equation.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from autograder.maths.closeness import close
from autograder.maths.lstm.problems import SIGNALS, Call
from reference.diagnosis.lstm import counts, over_time
from reference.diagnosis.lstm.bent import of_the_whole
from reference.diagnosis.lstm.equations import TERMS, Form, Term
from reference.diagnosis.lstm.exactness import inexact, single
from reference.diagnosis.lstm.probes import SINGLE, Asked, Evaluate, number
from reference.diagnosis.lstm.repeated import Other, repeated
from reference.diagnosis.lstm.search import Finding, Verdict
from reference.diagnosis.lstm.settings import DL, draw_setting
from reference.diagnosis.lstm.shapes import Judged, wrong_where
from reference.diagnosis.lstm.steps import put_together
from reference.diagnosis.lstm.study import Study, same, study_of, unsaid
from reference.diagnosis.lstm.words import at_the_edge, mistakes, reading

__all__ = ["TERMS", "Explanation", "Judged", "Term", "arguments", "explain", "in_process"]

SHAPES = ((4, 2), (5, 2), (6, 4), (6, 3))
EDGES = {"t = T": (3, 3), "t = 1": (4, 1), "T - t = 1": (4, 3), "T = 9": (9, 6)}
EXACT = 1e-12
PRE_ACTIVATION = "pre-activation style error signals: right if all are meant so, needs a human look"
NO_DIRECT = "recurrence without the direct loss term: right if the loss is at T only, needs a human look"
UNSTEADY = "right on every problem asked again, needs a human look"
INEXACT = "right but for rounding or a numerical derivative, needs a human look"


class Explanation(msgspec.Struct, frozen=True):
    """What is known about a wrong equation.

    right_terms, true_terms, given_terms: for credit right / max(true, given); right is less than that maximum.
    named: the mistakes recognised, for statistics ("forget path missing in c_bar").
    sentences: at most three, for the student. explained: whether the values were taken apart.
    flag: for staff, "" if nobody needs to look.
    """

    right_terms: int
    true_terms: int
    given_terms: int
    named: tuple[str, ...]
    sentences: tuple[str, ...]
    explained: bool
    flag: str = ""


def explain(
    equation: str,
    evaluate: Evaluate,
    rng: random.Random,
    judged: Sequence[tuple[int, int | None, bool]] = (),
    other: Other | None = None,
) -> Explanation:
    """Explains a wrong equation ("h_bar" ... "i_bar", "w_xi_bar").

    evaluate: the student's values on these calls, in order; None where there was no number. judged: (T, t, whether it
    was right) of each call that was judged. other: `evaluate` for another equation of the same student.
    It is asked for about 45 calls as a rule and 200 at most; NaN, infinite and huge values do no harm.
    """
    asked = Asked(evaluate)
    study, edge, silent = _measured(equation, asked, rng)
    if not asked.numbers:
        return _unexplained(equation, _silence(asked))
    curve = of_the_whole(equation, asked.numbers)
    if (whole := curve or put_together(equation, asked.numbers)) is not None:
        true = len(TERMS[equation])
        return Explanation(0, true, true, (f"{whole} in {equation}",), (_sentence(equation, whole),), True)
    near = inexact(asked.numbers)
    if near is not None and near.error > EXACT:
        return _inexact(equation, near.says)
    if single(asked.numbers):
        asked.noise = SINGLE
        study, edge, silent = _measured(equation, asked, rng)
    steps = [*(Judged(*one) for one in judged), *_own_steps(asked)]
    where = ""
    if study is None or (study.verdict.faultless and not edge) or _mixed(study):
        study, where = _elsewhere(equation, asked, steps, study, rng)
    if (study is None or not study.verdict.named) and _changes(asked):
        return _unexplained(equation, ["gives another value when it is asked the same again"])
    if study is None:
        return _unexplained(equation, [where] if where else _silence(asked))
    hidden = _reads(equation, asked, study, rng)
    if study.verdict.faultless and not edge and not hidden and not where:
        return _unexplained(equation, [], UNSTEADY)
    return _explained(equation, study, edge, silent, hidden, where, repeated(equation, study.probes, other))


def _measured(equation: str, asked: Asked, rng: random.Random) -> tuple[Study | None, str, bool]:
    """The function taken apart, the edge at which it is another one, and whether it gives no number there."""
    if equation == "w_xi_bar":
        return _sum(asked, rng), "", False
    return _edges(equation, asked, study_of(equation, asked, SHAPES, rng), rng)


def _silence(asked: Asked) -> list[str]:
    silent = len(asked.calls) - len(asked.numbers)
    return [f"gave no finite number on {silent} of {len(asked.calls)} problems"] if silent else []


# -------------------------------------------------------------------------------------------------------- measurement


def _sum(asked: Asked, rng: random.Random) -> Study | None:
    probes = over_time.probes(asked, rng)
    if len(probes) < 2:
        return None
    verdict = over_time.read_sum(probes, all(probe.linear for probe in probes))
    return Study(tuple(probes), verdict, counts.by_name(verdict))


def _edges(equation: str, asked: Asked, study: Study | None, rng: random.Random) -> tuple[Study | None, str, bool]:
    """Also asked at t = T, at t = 1, and at steps unlike those of the study."""
    if study is None or not study.verdict.known:
        return study, "", False
    settings = {edge: draw_setting(rng, *shape) for edge, shape in EDGES.items()}
    values = asked([setting.call(equation) for setting in settings.values()])
    for (edge, setting), value in zip(settings.items(), values, strict=True):
        if value is None or not number(value):
            return study, edge, True
        foretold = study.verdict.value(setting)
        if study.verdict.multiplied or math.isnan(foretold) or same(foretold, value, asked.noise):
            continue
        direct = setting.value((DL, "t"))
        if edge == "t = T" and study.verdict.lacks_direct and same(foretold + direct, value):
            return replace(study, verdict=study.verdict.with_direct_at_the_end()), "", False
        if edge in ("t = T", "t = 1"):
            return study, edge, False
        if not study.verdict.faultless:  # what was read off holds in the settings of the study only
            return replace(study, verdict=unsaid(study.verdict)), "", False
    return study, "", False


def _changes(asked: Asked) -> bool:
    """Whether the same question brings another value."""
    call, before = asked.numbers[0]
    (value,) = asked([call])
    return value is None or not number(value) or not same(value, before, asked.noise)


def _own_steps(asked: Asked) -> list[Judged]:
    """Where it was asked here, and whether every value there was right."""
    right: dict[tuple[int, int | None], bool] = {}
    for call, value in asked.numbers:
        step = call.states.T, call.t
        right[step] = right.get(step, True) and close(value, call.want)
    return [Judged(*step, good) for step, good in right.items()]


def _mixed(study: Study) -> bool:
    """Whether it is right in some settings and wrong in others."""
    return not study.verdict.named and len({probe.right for probe in study.probes}) > 1


def _elsewhere(
    equation: str, asked: Asked, steps: Sequence[Judged], study: Study | None, rng: random.Random
) -> tuple[Study | None, str]:
    """The function taken apart where it is wrong, and where that is: it may be right at other steps."""
    wrong = {(one.T, one.t) for one in steps if not one.right}
    if not wrong or all(not one.right for one in steps):
        return study, ""
    says = wrong_where(steps)
    shapes = sorted((T, t) for T, t in wrong if t is not None and t < T)
    if not shapes:
        return _last_step_only(equation, study), says
    there = study_of(equation, asked, [shapes[k % len(shapes)] for k in range(4)], rng)
    if there is None or there.verdict.faultless or _mixed(there):
        return _worthless(equation, study), says
    if not _holds(equation, asked, there.verdict, shapes, rng):
        there = replace(there, verdict=unsaid(there.verdict))
    true = len(TERMS[equation])
    if study is not None and study.count.share(true) < there.count.share(true):
        there = replace(there, count=study.count)
    return there, says


def _holds(
    equation: str, asked: Asked, verdict: Verdict, shapes: Sequence[tuple[int, int]], rng: random.Random
) -> bool:
    """Whether what was read off gives the values at such steps in fresh settings too."""
    if not verdict.known:
        return True
    settings = [draw_setting(rng, *shapes[k % len(shapes)]) for k in range(4)]
    values = asked([setting.call(equation) for setting in settings])
    return all(
        number(value) and same(verdict.value(setting), float(value or 0), asked.noise)
        for setting, value in zip(settings, values, strict=True)
    )


def _last_step_only(equation: str, study: Study | None) -> Study | None:
    """Wrong at t = T only: the term that is left there is lost."""
    if study is None:
        return None
    return replace(study, count=counts.Count(max(0, study.count.right - 1), study.count.given))


def _worthless(equation: str, study: Study | None) -> Study | None:
    """Wrong at steps at which it could not be taken apart: nothing is known to be right there."""
    if study is None:
        return None
    findings = tuple(Finding(term, Form(term), 1.0) for term in TERMS[equation])
    return replace(study, verdict=Verdict(findings), count=counts.Count(0, len(findings)))


def _reads(equation: str, asked: Asked, study: Study, rng: random.Random) -> tuple[str, ...]:
    """The error signals at t that it reads though it must not."""
    if equation == "w_xi_bar":
        return ()
    names = SIGNALS[SIGNALS.index(equation.removesuffix("_bar")) :]
    read = tuple(name for name in names if (name, "t") in study.reads)
    if read or not study.verdict.faultless:
        return read
    settings = [draw_setting(rng, 4, 2).changed({(name, "t"): float("nan")}) for name in names]
    values = asked([setting.call(equation) for setting in settings])
    return tuple(name for name, value in zip(names, values, strict=True) if not number(value))


# -------------------------------------------------------------------------------------------------------------- words


def _explained(
    equation: str,
    study: Study,
    edge: str,
    silent: bool,
    hidden: Sequence[str],
    where: str,
    again: tuple[str, str] | None,
) -> Explanation:
    verdict, true = study.verdict, len(TERMS[equation])
    right = 0 if verdict.multiplied else max(0, study.count.right - bool(edge))
    given = study.count.given + (verdict.faultless and bool(hidden) and not edge)
    right = min(right, max(true, given) - 1)  # something is wrong, wherever it was not seen
    notes = [*mistakes(equation, verdict), *at_the_edge(equation, edge, silent)]
    if again is not None:
        notes = [again]
    if hidden:
        notes = [*reading(equation, hidden), *notes]
    if where:
        notes = [(f"wrong at some steps in {equation}", where), *((code, f"there, {says}") for code, says in notes)]
    named = tuple(code for code, _ in notes)
    sentences = tuple(_sentence(equation, says) for _, says in notes)[:3]
    return Explanation(right, true, given, named, sentences, True, _flag(equation, verdict))


def _flag(equation: str, verdict: Verdict) -> str:
    kinds = [tuple(s.kind for _, s in one.form.slips) if one.form else ("?",) for one in verdict.findings]
    if verdict.extras:
        return ""
    if equation == "h_bar":
        if all(kind == ("no derivative",) for kind in kinds[1:]):
            return PRE_ACTIVATION
        first, *others = verdict.findings
        only_at_end = bool(first.form and any("only at t = T" in slip.code for _, slip in first.form.slips))
        return NO_DIRECT if (first.missing or only_at_end) and all(one.right for one in others) else ""
    style = ("no derivative",) if equation == "w_xi_bar" else ("extra derivative",)
    return PRE_ACTIVATION if equation != "c_bar" and kinds == [style] else ""


def _sentence(equation: str, says: str) -> str:
    return f"{equation}: {says}" + "." * (says[-1] not in ".?")


def _inexact(equation: str, says: str) -> Explanation:
    """The true equation, nearly."""
    true = len(TERMS[equation])
    return Explanation(0, true, true, (f"inexact values in {equation}",), (_sentence(equation, says),), True, INEXACT)


def _unexplained(equation: str, says: Sequence[str], flag: str = "") -> Explanation:
    if not says:
        flag = flag or UNSTEADY
        says = ["wrong before and right when asked again: does it depend on more than its arguments?"]
    true = len(TERMS[equation])
    named = (f"unexplained values in {equation}",)
    return Explanation(0, true, true, named, tuple(_sentence(equation, one) for one in says), False, flag)


def arguments(call: Call) -> tuple[Any, ...]:
    """What a student's function is called with: (t, s, bar, w), or (s, bar, w) for w_xi_bar; s and bar hold arrays."""
    import numpy as np

    s = SimpleNamespace(**{k: np.array(v) if isinstance(v, tuple) else v for k, v in asdict(call.states).items()})
    bar = SimpleNamespace(**{k: np.array(v) for k, v in asdict(call.signals).items()})
    step = () if call.t is None else (call.t,)
    return (*step, s, bar, call.problem.weights)


def in_process(function: Callable[..., Any]) -> Evaluate:
    """`evaluate` for a function of this process (tests, planted mistakes); students' functions run elsewhere."""
    import numpy as np

    def value(call: Call) -> float | None:
        try:
            with np.errstate(all="ignore"):
                return float(function(*arguments(call)))
        except Exception:
            return None

    return lambda calls: [value(call) for call in calls]
