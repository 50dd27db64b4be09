"""Question 1: a recurrent network of hard threshold units that adds two binary numbers."""

from __future__ import annotations

from gradescope_utils.autograder_utils.decorators import number

from autograder.api import Addition, Count, Edge, Share, StepAtZero, credit, credited_by, matrices
from autograder.maths.threshold.addition import CONVENTIONS, Network, add, decide
from autograder.maths.threshold.automaton import steps
from autograder.maths.threshold.diagnosis import diagnose

SHAPES = {"Wxh": [(3, 2)], "Whh": [(3, 3)], "bh": [(3,)], "Why": [(3,), (1, 3)], "by": [(), (1,)]}
STEP = {"strict": "step(z) = [z > 0]", "inclusive": "step(z) = [z >= 0]"}
ZERO = "Some weighted sum is exactly zero along the way, where the two ways to read step(0) may part."


def read_network(student):
    """The student's network with exact weights."""
    weights = matrices(student.call("rnn_weights")[0], SHAPES)
    rows = {name: [weights[name][i : i + n] for i in range(0, 3 * n, n)] for name, n in (("Wxh", 2), ("Whh", 3))}
    return Network.of(rows["Wxh"], rows["Whh"], weights["bh"], weights["Why"], weights["by"][0])


@number("1.1")
@credited_by(credit.all_or_nothing)
def test_weights_are_well_formed(student, award):
    """Weights have the right names, shapes and finite values."""
    read_network(student)
    award.found({"right": True})


@number("1.2")
@credited_by(credit.best_convention, additions=Count, columns=Count, step_at_zero=StepAtZero)
def test_adds_random_numbers(student, award, draw, params):
    """The fraction of random additions that are right in every bit."""
    network = read_network(student)
    pairs = [draw_pair(draw, params.columns) for _ in range(params.additions)]
    wrong = {c: [pair for pair in pairs if not adds(network, c, *pair, params.columns)] for c in CONVENTIONS}
    for convention in CONVENTIONS:
        if wrong[convention] and decide(network, convention).correct:
            raise ArithmeticError(f"proved right for {STEP[convention]}, yet wrong for {wrong[convention][0]}")
    findings = {c: {"right": len(pairs) - len(wrong[c]), "of": len(pairs)} for c in CONVENTIONS}
    best = min(credit.conventions(params.step_at_zero), key=lambda c: len(wrong[c]))
    lines = [f"{findings[best]['right']} of {len(pairs)} additions are right in every bit, for {STEP[best]}."]
    if wrong[best]:
        lines.append(describe(network, best, *min(wrong[best], key=sum), params.columns))
    award.found(findings, "\n".join(lines))


@number("1.3")
@credited_by(credit.decided, step_at_zero=StepAtZero, other_reading_credit=Share)
def test_adds_every_pair_of_numbers(student, award, params):
    """Right for every pair of numbers of every length: decided, not sampled."""
    network = read_network(student)
    decisions = {convention: decide(network, convention) for convention in CONVENTIONS}
    findings = {c: {"right": int(d.correct), "of": 1} for c, d in decisions.items()}
    counted = credit.conventions(params.step_at_zero)
    right = [c for c in counted if decisions[c].correct]
    if right:
        steps_right = " and for ".join(STEP[c] for c in right)
        lines = [f"Proved right for every pair of numbers of every length, for {steps_right}."]
        lines += [ZERO] if any(d.zero_reached for d in decisions.values()) else []
        return award.found(findings, "\n".join(lines), drawn(network, decisions[right[0]]))
    furthest = max((decisions[c] for c in counted), key=lambda d: d.counterexample.columns)
    lines = [f"For {STEP[furthest.convention]}: {furthest.counterexample.sentence()}."]
    lines += [ZERO] if furthest.zero_reached else []
    readings = diagnose(network, counted)  # right for a transposed Whh, say: told, and worth what the rubric says
    findings |= {"other_reading": bool(readings), "named": [*readings, furthest.counterexample.cause()][:1]}
    return award.found(findings, "\n".join([*lines, *readings]), drawn(network, furthest))


def draw_pair(draw, columns):
    """Two random numbers of a random length, whose sum fits into `columns` bits."""
    length = draw.randint(1, max(columns - 1, 1))
    return draw.getrandbits(length), draw.getrandbits(length)


def bits(value, columns):
    """The lowest `columns` bits, least significant first."""
    return [value >> i & 1 for i in range(columns)]


def adds(network, convention, a, b, columns):
    """Whether the network's sum of two numbers is right in every bit."""
    return add(network, convention, a, b, columns) == bits(a + b, columns)


def describe(network, convention, a, b, columns):
    """One wrong addition in the homework's notation, as short as it can be written."""
    columns = min(columns, (a + b).bit_length() + 1)
    x1, x2 = ("".join(map(str, bits(value, columns))) for value in (a, b))
    want, got = (" ".join(map(str, v)) for v in (bits(a + b, columns), add(network, convention, a, b, columns)))
    return f"For example {x1} + {x2} (LSB first): expected {want}, your network says {got}."


def drawn(network, decision):
    """The network as an automaton, and its shortest wrong addition, for whoever can draw."""
    edges = tuple(edge(step) for step in steps(network, decision.convention))
    found = decision.counterexample
    if found is None:
        return Addition(STEP[decision.convention], edges)
    state = packed(found.hidden[found.column])
    read = packed(number >> found.column & 1 for number in (found.a, found.b))
    wrong = next(e for e in edges if (e.before, e.read) == (state, read))
    return Addition(STEP[decision.convention], edges, found.timeline(), found.cause(), wrong)


def edge(step):
    """One step of the automaton as it is written."""
    return Edge(packed(step.before), packed(step.x), packed(step.after), str(step.y))


def packed(values):
    """Bits side by side: "010"."""
    return "".join(map(str, values))
