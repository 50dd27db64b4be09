"""The judge is torch's autograd: it shares no line with the reference, the complex step or the differences."""

# The names are the homework's letters.
# ruff: noqa: N803, N806

from __future__ import annotations

import math
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from msgspec.structs import asdict

import reference.lstm_gradient as solution
from autograder.maths.lstm import problems as lstm
from autograder.maths.lstm.sweep import sweep
from reference.catalogue import RIGHT
from reference.catalogue.lstm_gradient import CASES, ROWS
from reference.diagnosis.lstm.terms import arguments

torch = pytest.importorskip("torch")

EQUATION = {row: equation for equation, row in ROWS.items()}
SOURCE = Path(solution.__file__).read_text(encoding="utf-8")
NODES = "ifogch"


def wild_problem(rng, T, loss):
    """Any problem, not a well-posed one: normal weights, zero or non-zero initial state."""
    weights = lstm.Weights(*(rng.gauss(0, 1.5) for _ in range(8)))
    x = tuple(rng.gauss(0, 1) for _ in range(T))
    h0, c0 = rng.choice([(0.0, 0.0), (rng.uniform(-1, 1), rng.gauss(0, 1))])
    dL_dh = tuple(rng.gauss(0, 1) if loss == "every_t" or t == T else 0.0 for t in range(1, T + 1))
    undisclosed = rng.choice([(), tuple(rng.gauss(0, 2) for _ in range(T))])
    return lstm.Problem(weights, x, h0, c0, dL_dh, undisclosed)


def by_autograd(problems):
    """States and error signals of many problems of one length, side by side; each row one problem."""
    T = problems[0].T
    w = {
        k: torch.tensor([getattr(p.weights, k) for p in problems], dtype=torch.float64, requires_grad=k == "xi")
        for k in asdict(problems[0].weights)
    }
    x = torch.tensor([p.x for p in problems], dtype=torch.float64)
    h = torch.tensor([p.h0 for p in problems], dtype=torch.float64, requires_grad=True)
    c = torch.tensor([p.c0 for p in problems], dtype=torch.float64, requires_grad=True)
    nodes, loss = [{"h": h, "c": c}], 0
    for t in range(T):
        z = {v: w[f"x{v}"] * x[:, t] + w[f"h{v}"] * h for v in "ifog"}
        z["o"] = z["o"] + torch.tensor([p.u[t] for p in problems], dtype=torch.float64)
        i, f, o, g = torch.sigmoid(z["i"]), torch.sigmoid(z["f"]), torch.sigmoid(z["o"]), torch.tanh(z["g"])
        c = f * c + i * g
        h = o * torch.tanh(c)
        nodes.append({"i": i, "f": f, "o": o, "g": g, "c": c, "h": h})
        loss = loss + (torch.tensor([p.dL_dh[t] for p in problems], dtype=torch.float64) * h).sum()
    for step in nodes:
        for node in step.values():
            node.retain_grad()
    loss.backward()
    return nodes, w["xi"].grad


def test_the_complex_step_and_central_differences_agree_with_autograd():
    rng = random.Random(1)
    worst = 0.0
    for T in (1, 2, 3, 5, 8, 20):
        for loss in ("every_t", "last_t"):
            problems = [wild_problem(rng, T, loss) for _ in range(12)]
            nodes, w_xi = by_autograd(problems)
            for k, problem in enumerate(problems):
                states, signals = lstm.forward(problem), lstm.error_signals(problem)
                assert lstm.agree(signals, lstm.error_signals_by_differences(problem))
                assert lstm.agree(signals, sweep(problem, states))
                assert lstm.gradient_w_xi(problem) == pytest.approx(float(w_xi[k]), rel=1e-11, abs=1e-14)
                for t, step in enumerate(nodes):
                    for name, node in step.items():
                        assert getattr(states, name)[t] == pytest.approx(float(node[k].detach()), rel=1e-12, abs=1e-15)
                        want = float(node.grad[k]) if node.grad is not None else 0.0
                        got = getattr(signals, name)[t]
                        worst = max(worst, abs(got - want) / max(abs(want), 1e-3))
    assert worst < 1e-11


def test_the_reference_agrees_with_autograd_at_every_step():
    rng = random.Random(2)
    for T in (1, 2, 3, 6):
        problems = [wild_problem(rng, T, "every_t") for _ in range(15)]
        nodes, w_xi = by_autograd(problems)
        for k, problem in enumerate(problems):
            s = SimpleNamespace(**{n: np.array(v) if n != "T" else v for n, v in asdict(lstm.forward(problem)).items()})
            bar = SimpleNamespace(
                **{n: np.array([0.0, *(float(step[n].grad[k]) for step in nodes[1:]), 0.0]) for n in NODES}
            )
            for t in range(1, T + 1):
                for name in NODES:
                    got = getattr(solution, f"{name}_bar")(t, s, bar, problem.weights)
                    assert got == pytest.approx(getattr(bar, name)[t], rel=1e-11, abs=1e-14)
            assert solution.w_xi_bar(s, bar, problem.weights) == pytest.approx(float(w_xi[k]), rel=1e-11, abs=1e-14)


def test_the_written_answer_names_both_error_signals():
    text = solution.WHY_THE_GRADIENT_DOES_NOT_EXPLODE
    assert all(piece in text for piece in ("h_bar(t)", "c_bar(t)", "unmodified"))


def test_the_written_answer_is_true():
    """Gates saturated at logits of +-20: h_bar is the direct term, c_bar is passed on, both to 1e-6."""
    w = lstm.Weights(xi=-20, hi=1, xf=20, hf=1, xo=-20, ho=1, xg=2, hg=2)
    problem = lstm.Problem(w, (1.0,) * 6, 0.1, 0.5, (0.3, -0.7, 1.1, 0.2, -0.4, 0.9))
    signals = lstm.error_signals(problem)
    for t in range(1, 6):
        assert abs(signals.h[t] - problem.dL_dh[t - 1]) < 1e-6
        assert abs(signals.c[t] - signals.c[t + 1]) < 1e-6


def functions():
    """Every case with the function it redefines."""
    planted = []
    for case in CASES:
        names: dict[str, object] = {}
        exec(compile(f"{SOURCE}\n{case.source}", case.name, "exec"), names)
        planted.append((case, names[EQUATION[case.row]]))
    return planted


NEARLY = ("off by 1e-10", "rounded to 8 decimals")  # wrong by less than any mistake


def judged(seeds):
    """(false accepts, false rejects, smallest error of a wrong answer, largest of a right one)."""
    planted = functions()
    accepts, rejects, least, most = [], [], math.inf, 0.0
    for seed in seeds:
        rng = random.Random(seed)
        asked = {equation: lstm.cases(rng, equation) for equation in lstm.EQUATIONS}
        given = {equation: [arguments(call) for call in calls] for equation, calls in asked.items()}
        for case, function in planted:
            equation = EQUATION[case.row]
            wants = [call.want for call in asked[equation]]
            with np.errstate(all="ignore"):
                own = map(arguments, asked[equation]) if "in place" in case.name else given[equation]
                got = [float(function(*one)) for one in own]
            right = all(lstm.judged(asked[equation], got)[0])
            errors = [abs(g - w) / abs(w) for g, w in zip(got, wants, strict=True)]
            off = math.inf if any(map(math.isnan, errors)) else max(errors)
            if case.found == RIGHT:
                most = max(most, off) if not case.name.startswith(("float32", "rounded")) else most
                rejects += [] if right else [(seed, case.row, case.name)]
            else:
                least = min(least, off) if case.name not in NEARLY else least
                accepts += [(seed, case.row, case.name)] if right else []
    return accepts, rejects, least, most


def check(seeds):
    accepts, rejects, least, most = judged(seeds)
    assert accepts == []
    assert rejects == []
    # Far from the tolerance of 1e-12 on both sides.
    assert least > 1e-3
    assert most < 2e-13


def test_every_planted_mistake_fails_and_every_rewriting_passes_for_60_seeds():
    check(range(60))


@pytest.mark.certify
def test_every_planted_mistake_fails_and_every_rewriting_passes_for_5000_seeds():
    check(range(10_000, 15_000))


def test_the_catalogue_has_every_row_and_at_least_25_rewritings():
    right = [case for case in CASES if case.found == RIGHT]
    assert len(right) >= 25
    assert {case.row for case in right} == set(ROWS.values()) == {c.row for c in CASES if c.found != RIGHT}
