"""What a student reads about a wrong equation: one note for each mistake, a short name and a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autograder.maths.lstm.problems import SIGNALS
from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.forms import GATES, KINDS
from reference.diagnosis.lstm.verdict import SAME, Finding, Verdict


def mistakes(equation: str, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Code and sentence for each mistake; one made in several terms is said once."""
    if verdict.multiplied:
        yield (
            f"paths multiplied in {equation}",
            "the terms are multiplied; the paths through the network are to be added",
        )
        return
    if (update := _update(equation, verdict)) is not None:
        yield update
        return
    if (added := _added(equation, verdict)) is not None:
        yield added
        return
    nothing = verdict.pieces == () and not verdict.extras
    groups: dict[str, list[Finding]] = {}
    for number_, finding in enumerate(verdict.findings):
        if not finding.right:
            groups.setdefault(_shared(finding) or str(number_), []).append(finding)
    for shared, group in groups.items():
        if shared == "missing" and nothing and len(group) == len(verdict.findings):
            yield f"always 0 in {equation}", "it is always 0"
        else:
            yield _group_note(equation, shared, group) if len(group) > 1 else _note(equation, group[0])
    for text in verdict.extras:
        yield f"extra term in {equation}: {text}", f"has a term that does not belong: {text}"


def _shared(finding: Finding) -> str:
    """The mistake as one that other terms can share, "" if it is particular."""
    if finding.missing:
        return "missing"
    if finding.says:
        return finding.says
    if finding.form is None:
        return ""
    slips = [slip for _, slip in finding.form.slips]
    if slips and all(slip.kind for slip in slips) and abs(finding.coefficient - 1) <= SAME:
        return " and ".join(KINDS[kind] for kind in sorted(slip.kind for slip in slips))
    return _particular(finding)


def _particular(finding: Finding) -> str:
    slips = [slip for _, slip in finding.form.slips] if finding.form else []
    return " and ".join([*(slip.says for slip in slips), *_weighted_in_words(finding.coefficient)])


def _group_note(equation: str, shared: str, group: Sequence[Finding]) -> tuple[str, str]:
    whole = len(group) == len(TERMS[equation])
    names = "every gate path" if len(group) == len(GATES) else listed([finding.term.name for finding in group])
    names = "every term" if whole else names
    paths = "every term" if whole else _paths([finding.term.path for finding in group])
    first = group[0].form
    kinds = [slip.kind for _, slip in first.slips] if first else []
    short = " and ".join(sorted(kinds)) if kinds and all(kinds) else shared
    code = f"{names}: {short} in {equation}"
    return code, f"{paths} {'is' if whole else 'are'} missing" if shared == "missing" else f"{paths}: {shared}"


def _added(equation: str, verdict: Verdict) -> tuple[str, str] | None:
    """The two factors of an equation of one term, added to each other."""
    if len(verdict.findings) > 1 or len(verdict.extras) != 1:
        return None
    (finding,) = verdict.findings
    right = finding.term.factor_text
    sign = "" if verdict.extras[0] == right else "-" if verdict.extras[0] == f"-{right}" else None
    if sign is None or finding.form is None or [slip.code for _, slip in finding.form.slips] != [f"no {right}"]:
        return None
    does, signal = "subtracts" if sign else "adds", finding.term.factors[0].text
    return f"factors added in {equation}", f"{does} {right}, where {signal} is to be multiplied with it"


def _update(equation: str, verdict: Verdict) -> tuple[str, str] | None:
    """A weight or a node after a step of gradient descent, where its gradient or error signal is asked."""
    (old,) = verdict.extras if len(verdict.extras) == 1 else ("",)
    if not re.fullmatch(r"w_\w\w|[ifogch]\(t\)", old):
        return None
    w_xi, first = equation == "w_xi_bar", verdict.findings[0]
    asked = "the gradient" if w_xi else "the error signal"
    if all(finding.missing for finding in verdict.findings):
        own = w_xi and old == "w_xi"
        return (
            ("w_xi for its gradient in w_xi_bar", "returns the weight w_xi itself; its gradient is asked")
            if own
            else None
        )
    exact = all(
        finding.form is not None and not finding.form.slips and abs(finding.coefficient - first.coefficient) <= SAME
        for finding in verdict.findings
    )
    if exact and abs(first.coefficient - 1) > SAME:
        rate = first.coefficient
        step = f" {'-' if rate < 0 else '+'} {abs(rate):.6g} * {asked.removeprefix('the ')}"
    elif w_xi and old == "w_xi":
        step = " and more"
    else:
        return None
    what = f"weight, {old}" if old.startswith("w_") else f"value, {old}"
    return f"update rule in {equation}", f"returns the updated {what}{step}; {asked} itself is asked"


def _note(equation: str, finding: Finding) -> tuple[str, str]:
    single = len(TERMS[equation]) == 1
    name, path = ("", "it") if single else (f"{finding.term.name} ", finding.term.path)
    right = finding.term.factor_text
    if finding.missing:
        own = f"{finding.term.factors[0].text} {right}"
        return f"{name}missing in {equation}", f"{f'the term {own}' if single else path} is missing"
    if finding.says:
        return f"{name}{finding.says} in {equation}", finding.says if single else f"{path}: {finding.says}"
    if finding.form is None:
        signal = finding.term.factors[0].text
        why = f"what it multiplies {signal} by is not {right}" if right else "it is in none of the usual forms"
        return f"{name}unknown form in {equation}", f"{path} is wrong: {why}"
    weighted = _weighted(finding.coefficient)
    codes = " and ".join([*(slip.code for _, slip in finding.form.slips), *([weighted] if weighted else [])])
    joined = _particular(finding)
    if not finding.form.slips:
        return f"{name}{weighted} in {equation}", f"{path} {joined}"
    return f"{name.strip()}{': ' if name else ''}{codes} in {equation}", joined if single else f"{path}: {joined}"


def _weighted(coefficient: float) -> str:
    if abs(coefficient - 1) <= SAME:
        return ""
    return "sign wrong" if abs(coefficient + 1) <= SAME else f"coefficient {coefficient:.6g}"


def _weighted_in_words(coefficient: float) -> list[str]:
    if abs(coefficient - 1) <= SAME:
        return []
    if abs(coefficient + 1) <= SAME:
        return ["has the wrong sign"]
    return [
        "is counted twice" if abs(coefficient - 2) <= SAME else f"has the coefficient {coefficient:.6g} where 1 belongs"
    ]


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _paths(paths: Sequence[str]) -> str:
    """ "the terms through i(t+1) and f(t+1)" where all are terms through something."""
    start = "the term through "
    if all(path.startswith(start) for path in paths):
        return f"the terms through {listed([path.removeprefix(start) for path in paths])}"
    return listed(paths)


def at_the_edge(equation: str, edge: str, silent: bool) -> Iterator[tuple[str, str]]:
    if edge and silent:
        yield f"no number at {edge} in {equation}", f"gives no number at {edge}, where the same formula holds"
    elif edge:
        hint = "c(0) and h(0) need not be 0" if edge == "t = 1" else "all error signals at T+1 are 0"
        yield f"{edge} differs in {equation}", f"does something else at {edge}, where the same formula holds ({hint})"


def reading(equation: str, reads: Sequence[str]) -> Iterator[tuple[str, str]]:
    if reads:
        names = listed([f"{name}_bar(t)" for name in reads])
        order = ", ".join(SIGNALS)
        yield (
            f"reads {names} in {equation}",
            f"reads {names}, not known yet (NaN): at one t the order is {order}",
        )
