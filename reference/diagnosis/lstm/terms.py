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

from msgspec.structs import asdict, replace

from autograder.maths.lstm.problems import SIGNALS, Call
from reference.diagnosis.lstm import counts, over_time
from reference.diagnosis.lstm.bent import of_the_whole
from reference.diagnosis.lstm.elsewhere import elsewhere, mixed, own_steps
from reference.diagnosis.lstm.equations import TERMS, Term
from reference.diagnosis.lstm.exactness import NEAR, inexact, single
from reference.diagnosis.lstm.explanation import (
    UNSTEADY,
    Explanation,
    explained,
    inexactly_right,
    sentence,
    unexplained,
)
from reference.diagnosis.lstm.probes import SINGLE, Asked, Evaluate, number, numbered
from reference.diagnosis.lstm.recursion import from_bar
from reference.diagnosis.lstm.repeated import Other, repeated
from reference.diagnosis.lstm.settings import DL, draw_setting
from reference.diagnosis.lstm.shapes import Judged
from reference.diagnosis.lstm.steps import put_together
from reference.diagnosis.lstm.study import Study, holds, same, study_of, unsaid
from reference.diagnosis.lstm.words import at_the_edge, mistakes

__all__ = ["TERMS", "Explanation", "Judged", "Term", "arguments", "explain", "in_process"]

SHAPES = ((4, 2), (5, 2), (6, 4), (6, 3))
EDGES = {"t = T": (3, 3), "t = 1": (4, 1), "T - t = 1": (4, 3), "T = 9": (9, 6)}
EXACT = 1e-12
LARGE = 12  # settings with error signals a hundred times as large


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
    It is asked for about 50 calls as a rule, for up to 330 where no known form fits, and for more where it reads error
    signals of every step; NaN, infinite and huge values do no harm.
    """
    asked = Asked(evaluate)
    study, edge, silent = _measured(equation, asked, rng)
    if not asked.numbers:
        return unexplained(equation, _silence(asked))
    curve = of_the_whole(equation, asked.numbers)
    if curve is not None and (curve.startswith("limits") or curve.endswith("of 0 and the whole")):
        curve = _far_from_0(equation, asked, rng)
    if (whole := curve or put_together(equation, asked.numbers)) is not None:
        true = len(TERMS[equation])
        return Explanation(0, true, true, (f"{whole} in {equation}",), (sentence(equation, whole),), True)
    near = inexact(asked.numbers)
    if near is not None and near.error > EXACT:
        return inexactly_right(equation, near.says)
    if single(asked.numbers):
        asked.noise = SINGLE
        study, edge, silent = _measured(equation, asked, rng)
        near = inexact(asked.numbers, 10 * NEAR)
        if near is not None and study is not None and study.verdict.faultless and not edge:
            return inexactly_right(equation, near.says)
    steps = [*(Judged(*one) for one in judged), *own_steps(asked)]
    where = ""
    if study is None or (study.verdict.faultless and not edge) or mixed(study):
        study, where = elsewhere(equation, asked, steps, study, rng)
    if (study is None or not study.verdict.named) and _changes(asked):
        return unexplained(equation, ["gives another value when it is asked the same again"])
    if study is None:
        return unexplained(equation, [where] if where else _silence(asked))
    hidden = _reads(equation, asked, study, rng)
    if study.verdict.faultless and not edge and not hidden and not where:
        far = _far_from_0(equation, asked, rng)
        return unexplained(equation, [far] if far else [], "" if far else UNSTEADY)
    again = repeated(equation, study.probes, other) or _itself(equation, asked, study, rng)
    return explained(equation, study, edge, silent, hidden, where, again)


def _measured(equation: str, asked: Asked, rng: random.Random) -> tuple[Study | None, str, bool]:
    """The function taken apart, the edge at which it is another one, and whether it gives no number there."""
    if equation == "w_xi_bar":
        return _sum(asked, rng), "", False
    return _edges(equation, asked, study_of(equation, asked, SHAPES, rng), rng)


def _silence(asked: Asked) -> list[str]:
    silent = len(asked.calls) - len(asked.numbers)
    return [f"gave no finite number on {silent} of {len(asked.calls)} problems"] if silent else []


def _sum(asked: Asked, rng: random.Random) -> Study | None:
    probes = over_time.probes(asked, rng)
    if len(probes) < 2:
        return None
    verdict = over_time.read_sum(probes, all(probe.linear for probe in probes), over_time.inputs_of(asked, probes))
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
        if edge in ("t = T", "t = 1") and (study.verdict.faultless or _holds_again(equation, asked, study, rng)):
            return study, edge, False
        if not study.verdict.faultless:  # what was read off holds in the settings of the study only
            return replace(study, verdict=unsaid(study.verdict)), "", False
    return study, "", False


def _holds_again(equation: str, asked: Asked, study: Study, rng: random.Random) -> bool:
    """Whether what was read off foretells the values of fresh settings too."""
    settings = [draw_setting(rng, *shape) for shape in SHAPES]
    values = asked.apart([setting.call(equation) for setting in settings])
    return holds(study.verdict, settings, values, asked.noise)


def _itself(equation: str, asked: Asked, study: Study, rng: random.Random) -> tuple[str, str] | None:
    """Code and sentence if it works out the error signal of the next step itself, with a mistake in that."""
    whole = equation == "w_xi_bar"
    if whole:
        far = study.verdict.findings[0].otherwise and {name for name, _ in study.reads} <= {"h", DL}
    else:
        far = any(probe.elsewhere for probe in study.probes)
    if study.verdict.known or not far or (whole and not _vanishes_with_x(asked, rng)):
        return None
    parent, evaluate = from_bar(equation, asked)
    own = Asked(evaluate)
    if _looks_far(parent, own, rng):
        return None
    there, edge, silent = _edges(parent, own, study_of(parent, own, SHAPES, rng), rng)
    if there is None or mixed(there) or any(one.elsewhere for one in there.probes):
        return None
    findings = there.verdict.findings
    if not all(one.form if parent == equation else one.right for one in findings) and not there.verdict.right:
        return None
    if not all(one.right or one.missing or one.form or one.says for one in findings):
        return None
    says = [text for _, text in (*mistakes(parent, there.verdict), *at_the_edge(parent, edge, silent))]
    if not says:
        return None
    signal = parent.removesuffix("_bar")
    written = f"writes {signal}_bar(t) out, " if parent != equation else ""
    does = f"{written}works {signal}_bar(t+1) out itself, and there {' and '.join(says)}"
    return f"{equation} works out {parent}: {' and '.join(says)}", does


def _vanishes_with_x(asked: Asked, rng: random.Random) -> bool:
    """Whether w_xi_bar is 0 where every x(t) is."""
    setting = draw_setting(rng, 4, None)
    (value,) = asked.apart([setting.elsewhere({("x", n): 0.0 for n in range(6)}).call("w_xi_bar")])
    return value is not None and number(value) and abs(value) < EXACT


def _looks_far(equation: str, asked: Asked, rng: random.Random) -> bool:
    """Whether it reads an error signal behind t+1."""
    setting = draw_setting(rng, 6, 2)
    far = {(name, str(n)): -setting.value((name, str(n))) for name in (*SIGNALS, DL) for n in range(4, 7)}
    near, moved = asked.apart([setting.call(equation), setting.changed(far).call(equation)])
    return not (number(near) and number(moved) and same(float(near or 0), float(moved or 0), asked.noise))


def _far_from_0(equation: str, asked: Asked, rng: random.Random) -> str | None:
    """What is done to the true value if that is large: limits that it met in no other setting."""
    settings = [draw_setting(rng, 5, None if equation == "w_xi_bar" else 2) for _ in range(LARGE)]
    every = [(name, str(n)) for name in (*SIGNALS, DL) for n in range(1, 6)]
    calls = [s.changed({what: 100 * s.value(what) for what in every}).call(equation) for s in settings]
    return of_the_whole(equation, [*asked.numbers, *numbered(calls, asked.apart(calls))])


def _changes(asked: Asked) -> bool:
    """Whether the same question brings another value."""
    call, before = asked.numbers[0]
    (value,) = asked([call])
    return value is None or not number(value) or not same(value, before, asked.noise)


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
