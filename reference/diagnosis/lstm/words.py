"""What a student reads about a wrong equation: one note for each mistake, a short name and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.maths.lstm.problems import SIGNALS
from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.forms import GATES, KINDS
from reference.diagnosis.lstm.search import SAME, Finding, Verdict


def mistakes(equation: str, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Code and sentence for each mistake; one made in several terms is said once."""
    if verdict.multiplied:
        yield (
            f"paths multiplied in {equation}",
            "the terms are multiplied; the paths through the network are to be added",
        )
        return
    groups: dict[str, list[Finding]] = {}
    for number_, one in enumerate(verdict.findings):
        if not one.right:
            groups.setdefault(_shared(one) or str(number_), []).append(one)
    for shared, group in groups.items():
        yield _group_note(equation, shared, group) if len(group) > 1 else _note(equation, group[0])
    for term, _ in verdict.extras:
        yield f"extra term in {equation}: {term.text}", f"has a term that does not belong: {term.text}"


def _shared(one: Finding) -> str:
    """The mistake as one that other terms can share, "" if it is particular."""
    if one.missing:
        return "missing"
    if one.form is None:
        return ""
    if not one.form.slips:
        return "wrong sign" if abs(one.coefficient + 1) <= SAME else ""
    kinds = sorted(slip.kind for _, slip in one.form.slips)
    return " and ".join(kinds) if all(kinds) and abs(one.coefficient - 1) <= SAME else ""


def _group_note(equation: str, shared: str, group: Sequence[Finding]) -> tuple[str, str]:
    names = "every gate path" if len(group) == len(GATES) else _listed([one.term.name for one in group])
    paths = _paths([one.term.path for one in group])
    code = f"{names}: {shared} in {equation}"
    if shared == "missing":
        return code, "every term is missing: it is always 0" if _is_all(equation, group) else f"{paths} are missing"
    if shared == "wrong sign":
        return code, f"{paths} have the wrong sign"
    return code, f"{paths}: {' and '.join(KINDS[kind] for kind in shared.split(' and '))}"


def _is_all(equation: str, group: Sequence[Finding]) -> bool:
    return len(group) == len(TERMS[equation])


def _note(equation: str, one: Finding) -> tuple[str, str]:
    single = len(TERMS[equation]) == 1
    name, path = ("", "it") if single else (f"{one.term.name} ", one.term.path)
    if one.form is None:
        return (
            f"{name}unknown form in {equation}",
            f"{path} is wrong; its form is none of the usual mistakes",
        )
    if one.missing:
        return f"{name}missing in {equation}", "it is always 0" if single else f"{path} is missing"
    weighted = _weighted(one.coefficient)
    if not one.form.slips:
        return f"{name}{weighted} in {equation}", f"{path} {_weighted_in_words(one.coefficient)}"
    codes = " and ".join([*(slip.code for _, slip in one.form.slips), *([weighted] if weighted else [])])
    says = [slip.says for _, slip in one.form.slips]
    if weighted:
        says.append(_weighted_in_words(one.coefficient))
    joined = " and ".join(says)
    return f"{name.strip()}{': ' if name else ''}{codes} in {equation}", joined if single else f"{path}: {joined}"


def _weighted(coefficient: float) -> str:
    if abs(coefficient - 1) <= SAME:
        return ""
    return "sign wrong" if abs(coefficient + 1) <= SAME else f"coefficient {coefficient:.6g}"


def _weighted_in_words(coefficient: float) -> str:
    if abs(coefficient + 1) <= SAME:
        return "has the wrong sign"
    return (
        "is counted twice" if abs(coefficient - 2) <= SAME else f"has the coefficient {coefficient:.6g} where 1 belongs"
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _paths(paths: Sequence[str]) -> str:
    """ "the terms through i(t+1) and f(t+1)" where all are terms through something."""
    start = "the term through "
    if all(path.startswith(start) for path in paths):
        return f"the terms through {_listed([path.removeprefix(start) for path in paths])}"
    return _listed(paths)


def at_the_edge(equation: str, edge: str, silent: bool) -> Iterator[tuple[str, str]]:
    if edge and silent:
        yield f"no number at {edge} in {equation}", f"gives no number at {edge}, where the same formula holds"
    elif edge:
        hint = "c(0) and h(0) need not be 0" if edge == "t = 1" else "all error signals at T+1 are 0"
        yield f"{edge} differs in {equation}", f"does something else at {edge}, where the same formula holds ({hint})"


def reading(equation: str, reads: Sequence[str]) -> Iterator[tuple[str, str]]:
    if reads:
        names = _listed([f"{name}_bar(t)" for name in reads])
        order = ", ".join(SIGNALS)
        yield (
            f"reads {names} in {equation}",
            f"reads {names}, not known yet (NaN): at one t the order is {order}",
        )
