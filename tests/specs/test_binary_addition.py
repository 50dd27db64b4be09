"""Question 1: a recurrent network of hard threshold units that adds two binary numbers."""

from __future__ import annotations

from autograder.api import (
    Addition,
    Count,
    Edge,
    Hint,
    Share,
    StepAtZero,
    credit,
    credited_by,
    hinted_by,
    holds_float64,
    keyed,
    matrices,
    number,
)
from autograder.maths.threshold.addition import decide, right_by_rounding
from autograder.maths.threshold.automaton import steps
from autograder.maths.threshold.diagnosis import diagnose
from autograder.maths.threshold.network import CONVENTIONS, Network, add, adds
from autograder.maths.threshold.program import program

SHAPES = {"Wxh": [(3, 2)], "Whh": [(3, 3)], "bh": [(3,)], "Why": [(3,)], "by": [()]}  # vectors in any orientation
STEP = {"strict": "step(z) = [z > 0]", "inclusive": "step(z) = [z >= 0]"}
ZERO = "A pre-activation is exactly 0, so the result may depend on step(0)."
MARGIN = (
    "It is right with sums as float64 rounds them, but not with the exact decimals that your weights print as. Biases "
    "farther from the sums themselves would be safer."
)

BY_ROUNDING = (
    "Run with numpy it seems right, but only because of rounding errors: a weight that float64 loses beside a larger "
    "one, or a sum that differs from 0 by nothing but such an error."
)


def read_network(student):
    """The student's network with exact weights, and which of them a computer adds in float64."""
    given = student.call("rnn_weights")
    weights = matrices(given, SHAPES)
    entries = keyed(given, SHAPES).entries
    rows = {name: [weights[name][i : i + n] for i in range(0, 3 * n, n)] for name, n in (("Wxh", 2), ("Whh", 3))}
    float64 = [name for name in SHAPES if holds_float64(entries[name])]
    return Network.of(rows["Wxh"], rows["Whh"], weights["bh"], weights["Why"], weights["by"][0], *float64)


@number("1.1")
@credited_by(credit.all_or_nothing)
def test_weights_are_well_formed(student, award):
    """Weights have the right names, shapes and finite values."""
    read_network(student)
    award.found({"right": True})


def hint(student, draw, params):
    """The shortest wrong addition, with the states at each step."""
    network = read_network(student)
    decisions = [decide(network, convention) for convention in credit.conventions(params.step_at_zero)]
    return Hint((), drawn(network, max(decisions, key=lambda d: d.right_columns)))


@number("1.2")
@credited_by(credit.best_convention, additions=Count, columns=Count, step_at_zero=StepAtZero)
@hinted_by(hint)
def test_adds_random_numbers(student, award, draw, params):
    """The fraction of random additions that are right in every bit."""
    network = read_network(student)
    decisions = {convention: decide(network, convention) for convention in CONVENTIONS}
    pairs = [sample_pair(draw, params.columns) for _ in range(params.additions)]
    wrong = {c: [pair for pair in pairs if wrong_in(network, d, *pair, params.columns)] for c, d in decisions.items()}
    for convention, decision in decisions.items():
        if wrong[convention] and decision.correct:
            raise ArithmeticError(f"proved right for {STEP[convention]}, yet wrong for {wrong[convention][0]}")
    findings = {c: {"right": len(pairs) - len(wrong[c]), "of": len(pairs)} for c in CONVENTIONS}
    best = min(credit.conventions(params.step_at_zero), key=lambda c: len(wrong[c]))
    right = f"{findings[best]['right']} of {len(pairs)} additions are right in every bit"
    lines = [f"{right}, for {step_of(decisions[best])}."]
    if wrong[best]:
        lines.append(describe(network, decisions[best], *min(wrong[best], key=sum), params.columns))
    award.found(findings, "\n".join(lines))


@number("1.3")
@credited_by(credit.decided, step_at_zero=StepAtZero, other_reading_credit=Share)
@hinted_by(hint)
def test_adds_every_pair_of_numbers(student, award, params):
    """Right for every pair of numbers of every length: decided, not sampled."""
    network = read_network(student)
    decisions = {convention: decide(network, convention) for convention in CONVENTIONS}
    findings = {c: {"right": int(d.correct), "of": 1} for c, d in decisions.items()}
    counted = credit.conventions(params.step_at_zero)
    right = [decisions[c] for c in counted if decisions[c].correct]
    if right:
        steps_right = " and for ".join(step_of(decision) for decision in right)
        lines = [f"Proved right for every pair of numbers of every length, for {steps_right}."]
        lines += [ZERO] if any(d.zero_reached for d in decisions.values()) else []
        lines += [MARGIN] if all(computed(decision) for decision in right) else []
        return award.found(findings, "\n".join(lines), drawn(network, right[0]))
    furthest = max((decisions[c] for c in counted), key=lambda d: d.right_columns)
    lines = [f"For {step_of(furthest)}: {furthest.counterexample.sentence()}."]
    lines += [ZERO] if furthest.zero_reached else []
    lines += [BY_ROUNDING] if any(right_by_rounding(network, c) for c in counted) else []
    readings = diagnose(network, counted)  # right for a transposed Whh, say: told, and worth what the rubric says
    findings |= {"other_reading": bool(readings), "named": [*readings, furthest.counterexample.cause()][:1]}
    return award.found(findings, "\n".join([*lines, *readings]), drawn(network, furthest))


def computed(decision):
    """Whether the weights were read as a computer adds them, not as the decimals that they print as."""
    return decision.arithmetic != "decimal"


def step_of(decision):
    """Under which step, and in which arithmetic where it is not that of decimals, something was found."""
    return STEP[decision.convention] + (" and sums as float64 rounds them" if computed(decision) else "")


def sample_pair(draw, columns):
    """Two random numbers of a random length, whose sum fits into `columns` bits."""
    length = draw.randint(1, max(columns - 1, 1))
    return draw.getrandbits(length), draw.getrandbits(length)


def bits(value, columns):
    """The lowest `columns` bits, least significant first."""
    return [value >> i & 1 for i in range(columns)]


def wrong_in(network, decision, a, b, columns):
    """The arithmetics of the decision's reading in which the sum of two numbers is not right in every bit."""
    return [way for way in decision.arithmetics if not adds(network, decision.convention, a, b, columns, way)]


def describe(network, decision, a, b, columns):
    """One wrong addition in the homework's notation, as short as it can be written."""
    way, *_ = wrong_in(network, decision, a, b, columns)
    columns = min(columns, (a + b).bit_length() + 1)
    x1, x2 = ("".join(map(str, bits(value, columns))) for value in (a, b))
    got = add(network, decision.convention, a, b, columns, way)
    want, got = (" ".join(map(str, v)) for v in (bits(a + b, columns), got))
    return f"For example {x1} + {x2} (LSB first): expected {want}, your network says {got}."


def drawn(network, decision):
    """The network as an automaton, and its shortest wrong addition, for whoever can draw."""
    edges = tuple(edge(step) for step in steps(network, decision.convention, decision.arithmetic))
    found = decision.counterexample
    if found is None:
        return Addition(STEP[decision.convention], edges)
    state = packed(found.hidden[found.column])
    read = packed(number >> found.column & 1 for number in (found.a, found.b))
    wrong = next(e for e in edges if (e.before, e.read) == (state, read))
    step, rows = STEP[decision.convention], found.timeline()
    lines = program("rnn_weights", dict(rows), step, float64=computed(decision))
    return Addition(step, edges, rows, found.cause(), wrong, "rnn_weights", lines)


def edge(step):
    """One step of the automaton as it is written."""
    return Edge(packed(step.before), packed(step.x), packed(step.after), str(step.y))


def packed(values):
    """Bits side by side: "010"."""
    return "".join(map(str, values))
