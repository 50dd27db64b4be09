"""Loads the graded specs and links each to its rubric row.

A spec is a plain function (or a `unittest.TestCase` method) in `tests/specs/test_<file of the question>.py`, linked to
its row by gradescope-utils' `@number`. `@credited_by` names the credit rule and the parameters that the row's `params`
must hold. Points, visibility and tags come from the row, and are put on the function with gradescope-utils' decorators.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, cast

import msgspec
from gradescope_utils.autograder_utils.decorators import tags, visibility, weight

from autograder.assignment import credit
from autograder.assignment.rng import Presample
from autograder.assignment.rubric import Question, Row, RubricError, RubricFile
from autograder.core.errors import AssignmentError
from autograder.core.text import nearest

FIXTURES = ("student", "award", "draw", "params", "reference")
_FROM_DECORATORS = ("set_score", "set_leaderboard_value")


class SpecError(AssignmentError):
    """A spec that cannot be loaded or linked: the instructor's to mend. The message says where and how."""


class Check(msgspec.Struct, frozen=True):
    """One spec: a function, or a method of a `unittest.TestCase`, before it is linked to a row."""

    function: Callable[..., Any]
    name: str
    owner: type | None = None

    @property
    def number(self) -> str:
        """The row's number, "" if it names none."""
        return str(getattr(self.function, "__number__", ""))

    @property
    def rule(self) -> credit.Rule | None:
        """The credit rule that `@credited_by` names; None for a spec that awards a share of its own."""
        return getattr(self.function, "__credit__", None)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that `@credited_by` names, with their types."""
        return getattr(self.function, "__parameters__", {})

    @property
    def presample(self) -> Presample | None:
        """What `@presample` names."""
        return getattr(self.function, "__presample__", None)

    @property
    def hint(self) -> Callable[..., Any] | None:
        """What `@hinted_by` names."""
        return getattr(self.function, "__hint__", None)

    @property
    def code(self) -> CodeType:
        """Its own code, behind all decorators."""
        inner: Any = self.function
        while hasattr(inner, "__wrapped__"):
            inner = inner.__wrapped__
        return cast(CodeType, inner.__code__)

    @property
    def fixtures(self) -> tuple[str, ...]:
        """The fixtures that its arguments ask for."""
        names = self.code.co_varnames[: self.code.co_argcount + self.code.co_kwonlyargcount]
        return tuple(n for n in names if n not in _FROM_DECORATORS and not (self.owner and n == "self"))

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it writes in quotes, among them the names that it asks for."""
        return tuple(one for one in self.code.co_consts if isinstance(one, str) and one.isidentifier())


class LinkedRow(msgspec.Struct, frozen=True):
    """A rubric row with the spec that grades it and its typed parameters; a written row has no spec.

    weighted is False for a row without a score: a written one, or a check that brings no points (plain
    gradescope-utils style without `@weight`).
    """

    question: Question
    row: Row
    check: Check | None = None
    params: Any = None
    weighted: bool = True

    @property
    def name(self) -> str:
        """What the row is stored under: its number, or its check's name where it has none."""
        return self.row.number or (self.check.name if self.check else self.row.title)

    @property
    def asks_for(self) -> tuple[str, ...]:
        """Names of the submission that it asks for, as far as its spec writes them down."""
        return (self.row.answer,) if self.check is None else self.check.words


# --------------------------------------------------------------------------------------------------------------- load


class RefusesSubmissionImports:
    """Makes `import words` in a spec fail with a sentence, if it is a question's file: student code never runs here.

    A finder without `importlib.abc`, which is slow to import.
    """

    def __init__(self, modules: Iterable[str]) -> None:
        self.modules = frozenset(modules)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Refuses the modules of the submission, and leaves everything else to the finders after it."""
        if fullname in self.modules:
            raise SpecError(
                f"a spec may not import {fullname}: it is the student's, and runs in another process. Ask for it: "
                f'`student.function("name")` gives a function of {fullname}.py, `student.read("NAME")` a constant.'
            )
        return None


def refuse_submission_imports(read: RubricFile) -> None:
    """Installs the refusal for the files that the rubric names, in place of one for another rubric."""
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, RefusesSubmissionImports)]
    sys.meta_path.insert(0, RefusesSubmissionImports(file.removesuffix(".py") for file in read.rubric.files()))


def load_checks(folder: Path, question: Question) -> list[Check]:
    """The specs of one question, in the order in which its file defines them; none is needed for written rows."""
    path = folder / f"test_{question.file}"
    if not path.exists():
        if all(row.graded == "written" for row in question.rows):
            return []
        raise SpecError(f"{path.name} is not in {folder.name}/: the rubric's question {question.title!r} needs it")
    return checks_of(load_module(path, f"specs.{path.stem}"))


def load_module(path: Path, name: str) -> ModuleType:
    """A trusted file of the assignment as a module of its own."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SpecError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def checks_of(module: ModuleType) -> list[Check]:
    """The specs that a module defines: functions named test_*, and such methods of its `unittest.TestCase`s."""
    found: list[Check] = []
    for name, thing in vars(module).items():
        if isinstance(thing, type):
            found += _methods(thing) if _is_test_case(thing) and thing.__module__ == module.__name__ else []
        elif name.startswith("test_") and callable(thing):
            found.append(Check(thing, name))
    for check in found:
        _check_fixtures(check)
    return found


def _is_test_case(kind: type) -> bool:
    unittest = sys.modules.get("unittest")  # not imported by us: a module with a TestCase has imported it
    return unittest is not None and issubclass(kind, unittest.TestCase)


def _methods(owner: type) -> list[Check]:
    names = [
        n for kind in reversed(owner.__mro__) for n in vars(kind) if n.startswith("test") and callable(vars(kind)[n])
    ]
    return [Check(getattr(owner, n), n, owner) for n in dict.fromkeys(names)]


def _check_fixtures(check: Check) -> None:
    for name in check.fixtures:
        if check.owner is not None or name not in FIXTURES:
            allowed = "nothing: use self.student" if check.owner else ", ".join(FIXTURES)
            raise SpecError(f'{check.name} asks for "{name}"{nearest(name, list(FIXTURES))}; it may ask for {allowed}')


# --------------------------------------------------------------------------------------------------------------- link


def link(read: RubricFile, folder: Path) -> tuple[LinkedRow, ...]:
    """Every rubric row with its spec, in homework order, then checks that bring points of their own.

    Raises SpecError or RubricError where a row has no spec, a spec no row, or the parameters do not fit.
    """
    refuse_submission_imports(read)
    questions = enumerate(read.rubric.questions)
    return tuple(row for q, question in questions for row in link_question(read, q, load_checks(folder, question)))


def link_question(read: RubricFile, q: int, checks: Sequence[Check]) -> list[LinkedRow]:
    """The rows of one question, each with its spec."""
    question = read.rubric.questions[q]
    by_number = _by_number(checks)
    linked: list[LinkedRow] = []
    for r, row in enumerate(question.rows):
        path = f"questions[{q}].rows[{r}]"
        check = by_number.pop(row.number, None)
        if row.graded == "spec" and check is None:
            raise read.error(path, f'no spec in test_{question.file} has @number("{row.number}")')
        if row.graded == "written" and check is not None:
            raise read.error(path, f'a written row is graded by a person, but {check.name} has @number("{row.number}")')
        linked.append(LinkedRow(question, row, check, _params(read, path, row, check), row.graded == "spec"))
        if check is not None:
            _decorate(check, row)
    return linked + [_own_row(question, check) for check in checks if check.number in by_number or not check.number]


def _by_number(checks: Sequence[Check]) -> dict[str, Check]:
    found: dict[str, Check] = {}
    for check in checks:
        if check.number and check.number in found:
            raise SpecError(f'{check.name} and {found[check.number].name} both have @number("{check.number}")')
        if check.number:
            found[check.number] = check
    return found


def _params(read: RubricFile, path: str, row: Row, check: Check | None) -> Any:
    """The row's parameters as a typed struct; RubricError with every mistake and what the spec takes, a line each."""
    wanted: Mapping[str, Any] = check.parameters if check else {}
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    takes = f"row {row.number} takes {', '.join(wanted) or 'no parameters'}"
    for key, value in row.params.items():
        below = f"{path}.params.{key}"
        if key not in wanted:
            known = [name for name in wanted if name not in row.params]
            mistakes.append(str(read.error(below, f'unknown parameter "{key}"{nearest(key, known)}; {takes}')))
            continue
        try:
            values[key] = msgspec.convert(value, wanted[key])
        except msgspec.ValidationError as error:
            from autograder.assignment.param_words import value_message  # needed only for a mistake

            message, _, where = str(error).partition(" - at `$")
            inside = below + where.rstrip("`")
            mistakes.append(str(read.error(inside, value_message(message, value, wanted[key]))))
    for key in wanted:
        if key not in row.params:
            mistakes.append(str(read.error(path, f'row {row.number} needs the parameter "{key}" under params')))
    if mistakes:
        raise RubricError("\n".join(mistakes))
    return msgspec.defstruct("Params", list(wanted.items()), frozen=True)(**values)


def _decorate(check: Check, row: Row) -> None:
    """Puts the row's points, visibility and tags on the function, where readers of gradescope-utils look for them."""
    weight(float(row.points))(check.function)
    visibility(row.visibility)(check.function)
    if row.tags:
        tags(*row.tags)(check.function)


def _own_row(question: Question, check: Check) -> LinkedRow:
    """The row of a check in plain gradescope-utils style, which brings its points and visibility as decorators."""
    function = check.function
    points = getattr(function, "__weight__", None)
    if check.rule is not None:
        raise SpecError(f'{check.name} has @number("{check.number}"), but the rubric has no such row')
    row = Row(
        number=check.number,
        title=(function.__doc__ or "").strip().split("\n")[0].strip() or _plain_title(check),
        points=Decimal(str(points or 0)),
        visibility=getattr(function, "__visibility__", "visible"),
        tags=tuple(getattr(function, "__tags__", ())),
    )
    return LinkedRow(question, row, check, weighted=points is not None)


def _plain_title(check: Check) -> str:
    """What `unittest` calls a test without a docstring."""
    if check.owner is None:
        return check.name
    path = f"{check.owner.__module__}.{check.owner.__qualname__}"
    inner = f".{check.name}" if sys.version_info >= (3, 11) else ""
    return f"{check.name} ({path}{inner})"
