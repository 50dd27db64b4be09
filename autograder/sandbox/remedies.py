"""What Python's own words about an exception leave out: which field was meant, which line ended the program.

Runs in the student's process only. What is said is looked up in the frame that raised and in the expressions of its
line, so that it holds whenever it is said; where that shows nothing, nothing is said.
"""

from __future__ import annotations

import _ast
import builtins
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

from autograder.sandbox import imports
from autograder.sandbox.places import NOTHING, Place, alike, own_frames, place_of

AFTER_MAIN = 'under if __name__ == "__main__":'
_NUMBERS = "(float|int|numpy.float64)"


def explained(error: BaseException, texts: Mapping[str, str]) -> tuple[str, str]:
    """A sentence in place of Python's, and a hint below the line that raised: "" each for none.

    texts: the student's files, by name.
    """
    try:
        if isinstance(error, RecursionError):
            return "", _recursion(error, texts)
        if imports.is_refusal(error):
            return str(error), ""
        if (place := place_of(error, texts)) is None:
            return "", _called_otherwise(error)
        if isinstance(error, ImportError):
            return _no_such_name(error), ""
        if isinstance(error, SystemExit):
            return _ends(error, place, texts), ""
        if isinstance(error, EOFError):
            return _asks(place), ""
        if isinstance(error, AttributeError):
            return _no_attribute(error, place)
        for kind, pattern, remedy in _REMEDIES:
            if isinstance(error, kind) and (found := re.search(pattern, str(error))):
                said = next(iter(remedy(place, found)), "")
                return (said, "") if "SimpleNamespace" in found[0] or "function" in found[0] else ("", said)
        return "", _no_name(error, place) if type(error) is NameError else ""
    except Exception:  # it is only a help, about code that may be anything
        return "", ""


def _meant(said: list[str]) -> str:
    return f"did you mean {' or '.join(said)}?" if said else ""


def _asked(said: list[str]) -> str:
    return _meant(said).replace("did", "Did", 1)


# ---------------------------------------------------------------------------------------------------------- attributes


def _no_attribute(error: AttributeError, place: Place) -> tuple[str, str]:
    """For a record, which fields it has; for a module, the name that is nearly the same."""
    name = str(error.name or "") or (re.findall(r"has no attribute '(\w+)'", str(error)) or [""])[0]
    reads = [node.value for node in place.of(_ast.Attribute) if node.attr == name]
    owners = ((place.text(node), place.value(node)) for node in reads if place.value(node) is not NOTHING)
    who, owner = next((pair for pair in owners if not hasattr(pair[1], name)), ("", None))
    if not name or not who:
        return "", ""
    if type(owner) is SimpleNamespace:
        meant = _meant(_other_field(name, who, vars(owner), place))
        return f"{who} has no {name}; it has {', '.join(vars(owner))}{': ' if meant else ''}{meant}", ""
    if isinstance(owner, ModuleType):
        same = [one for one in vars(owner) if alike(one) == alike(name) and one[:1] != "_"]
        return "", _asked([f"{who}.{one}" for one in same[:1]])
    return "", f"{who} is an array: write {who}[{name}]." if _is_array(owner) and name in place.own else ""


def _other_field(name: str, who: str, fields: Mapping[str, Any], place: Place) -> list[str]:
    """What may have been meant by a field that is not there."""
    asked = alike(name)
    if asked not in map(alike, fields) and (elsewhere := place.fields(name)):
        return elsewhere
    own = [one for one in fields if asked in (alike(one), alike(who + one), alike(one + who))]
    own = own or [one for one in fields if sorted(alike(one)) == sorted(asked)]  # w.ix for w.xi
    return [*([name] if name in place.own else []), *(f"{who}.{one}" for one in own)]


# --------------------------------------------------------------------------------------------------------------- names


def _no_name(error: NameError, place: Place) -> str:
    name = str(error.name or "")
    if said := place.fields(name):
        return _asked(said)
    modules = {bound: value for bound, value in place.names.items() if isinstance(value, ModuleType)}
    numpy = [bound for bound, module in modules.items() if module.__name__ == "numpy"]
    if name in ("np", "numpy"):
        return f"numpy is imported as {numpy[0]} here." if numpy else f"Is `{_IMPORTS[name]}` missing at the top?"
    same = [one for one in place.names if alike(one) == alike(name)]
    in_numpy = [f"{bound}.{name}" for bound in numpy if callable(getattr(modules[bound], name, None))]
    module = name in sys.stdlib_module_names and any(
        getattr(n.value, "id", "") == name for n in place.of(_ast.Attribute)
    )
    return f"Is `import {name}` missing at the top?" if module else _asked(same[:1] or in_numpy[:1])


def _no_such_name(error: ImportError) -> str:
    """What a file of the student's own has in place of a name that is imported from it."""
    found = re.match(r"cannot import name '(\w+)' from '(\w+)' \(unknown location\)", str(error))
    module = sys.modules.get(found[2]) if found else None
    if found is None or module is None:
        return ""
    from difflib import get_close_matches  # needed only for a mistake

    near = get_close_matches(found[1], [name for name in vars(module) if name[:1] != "_"], 1, 0.7)
    return f"{found[2]}.py has no {found[1]}{f': {_meant(near)}' if near else '.'}"


_IMPORTS = {"np": "import numpy as np", "numpy": "import numpy"}


# ------------------------------------------------------------------------------------- what was called, or indexed


def _is_array(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "numpy" and getattr(value, "ndim", 0) > 0


def _record_in_brackets(place: Place, found: re.Match[str]) -> Iterator[str]:
    """`bar["c"]`, `bar[t]`, `bar(t)`."""
    for node in (*place.of(_ast.Subscript), *place.of(_ast.Call)):
        called = isinstance(node, _ast.Call)
        owner = node.func if called else node.value
        record = place.value(owner)
        if type(record) is not SimpleNamespace:
            continue
        fields, who = vars(record), place.text(owner)
        key = None if called else place.value(node.slice)
        if isinstance(key, str) and key in fields:
            yield f"{who} is read with a dot: write {who}.{key} in place of {place.text(node)}."
        yield f"{who} has the fields {', '.join(fields)}: name one of them, such as {who}.{next(iter(fields))}."


def _array_called(place: Place, found: re.Match[str]) -> Iterator[str]:
    for node in place.of(_ast.Call):
        value = place.value(node.func)
        if _is_array(value) or isinstance(value, (list, tuple, dict)):
            who, index = place.text(node.func), place.text(node.args[0]) if len(node.args) == 1 else "..."
            kind = "an array" if _is_array(value) else f"a {type(value).__name__}"
            yield f"{who} is {kind}: write {who}[{index}]."


def _number_called(place: Place, found: re.Match[str]) -> Iterator[str]:
    """A * that was left out, or a name of Python's that the student gave to a number."""
    for node in place.of(_ast.Call):
        value, who = place.value(node.func), place.text(node.func)
        if isinstance(node.func, _ast.Name) and hasattr(builtins, who) and isinstance(value, (int, float)):
            yield f"{who} is a number of yours here, no longer Python's function: give it another name."
        if isinstance(value, (int, float)):
            yield f"{who} is a number, and no function: is a * missing behind it?"
    calls = [node for node in place.of(_ast.Call) if place.value(node.func) is NOTHING]
    yield "A number stands where a function belongs: is a * missing in front of a bracket?" if calls else ""


def _function_indexed(place: Place, found: re.Match[str]) -> Iterator[str]:
    for node in place.of(_ast.Subscript):
        if callable(place.value(node.value)):
            who, index = place.text(node.value), place.text(node.slice)
            signal = [f"{field}[{index}]" for field in place.fields(who)]
            if signal:
                yield f"{who} is your function; {_meant(signal)}"
            yield f"{who} is a function: it is called with round brackets, {who}({index})."


def _number_indexed(place: Place, found: re.Match[str]) -> Iterator[str]:
    for node in place.of(_ast.Subscript):
        if isinstance(place.value(node.value), (int, float)):
            who = place.text(node.value)
            yield f"{who} is one number: write it without [{place.text(node.slice)}]."


def _operand(place: Place, found: re.Match[str]) -> Iterator[str]:
    """A function, None or a record in a sum or a product."""
    for node in place.of(_ast.BinOp):
        for side in (node.left, node.right):
            if said := _no_number(place, side):
                yield said
            if isinstance(side, _ast.Call) and "NoneType" in found[0] and place.returns_nothing(side.func):
                yield f"{place.text(side.func)} has no return with a value, so it gives None."


def _into_numpy(place: Place, found: re.Match[str]) -> Iterator[str]:
    """A record or a function that is given to a function of numpy's."""
    for node in place.of(_ast.Call):
        for argument in node.args if type(place.value(node.func)).__name__ == "ufunc" else ():
            if said := _no_number(place, argument):
                yield said


def _no_number(place: Place, node: Any) -> str:
    """What an operand is that is no number, "" for any other."""
    value, who = place.value(node), place.text(node)
    if type(value) is SimpleNamespace:
        return f"{who} is no number: it has the fields {', '.join(vars(value))}."
    if value is None:
        return f"{who} is None."
    if value is not NOTHING and callable(value):
        return f"{who} is a function: {_meant(place.fields(who)) or 'are its brackets missing?'}"
    return ""


def _index_is_no_int(place: Place, found: re.Match[str]) -> Iterator[str]:
    for node in place.of(_ast.Subscript):
        index = place.value(node.slice)
        if type(index) is SimpleNamespace:
            said = f"{place.text(node.slice)} is no index; it has the fields {', '.join(vars(index))}"
            yield f"{said}: keep the arguments of the template, in their order."
        if isinstance(index, float):
            yield f"{place.text(node.slice)} is {index!r}, a float; an index must be an int."
        if isinstance(node.slice, _ast.BinOp) and isinstance(node.slice.op, _ast.Div):
            yield f"{place.text(node.slice)} is a float; an index must be an int: // divides without a remainder."
    yield "An index must be an int."


def _number_counted(place: Place, found: re.Match[str]) -> Iterator[str]:
    """`len(s.T)`, `for t in s.T`."""
    for node in place.of(_ast.Call):
        if place.text(node.func) == "len" and node.args and isinstance(place.value(node.args[0]), (int, float)):
            who = place.text(node.args[0])
            yield f"{who} is one number, {place.value(node.args[0])!r}, and has no length: write {who}."
    for node in (*place.of(_ast.For), *place.of(_ast.comprehension)):
        if type(number := place.value(node.iter)) is int:
            who = place.text(node.iter)
            yield f"{who} is one number, {number}: range({who}) counts from 0 to {who} - 1."


def _array_counted(place: Place, found: re.Match[str]) -> Iterator[str]:
    """`range(s.x)`."""
    for node in place.of(_ast.Call):
        if place.text(node.func) == "range" and (arrays := [one for one in node.args if _is_array(place.value(one))]):
            who = place.text(arrays[0])
            yield f"{who} is an array, and range needs an int, such as len({who})."


def _last_index(place: Place, found: re.Match[str]) -> Iterator[str]:
    yield f"Its last index is {int(found[1]) - 1}." if int(found[1]) else "It is empty."


def _called_otherwise(error: BaseException) -> str:
    """The grader's own call did not fit."""
    signature = isinstance(error, TypeError) and re.search(r"positional arguments?\b", str(error))
    return "Keep the arguments of the template." if signature else ""


_REMEDIES: tuple[tuple[type[Exception], str, Callable[[Place, re.Match[str]], Iterable[str]]], ...] = (
    (TypeError, "'types.SimpleNamespace' object is not (subscriptable|callable)", _record_in_brackets),
    (TypeError, "'(numpy.ndarray|list|tuple|dict)' object is not callable", _array_called),
    (TypeError, f"'{_NUMBERS}' object is not callable", _number_called),
    (
        TypeError,
        "'(function|method|type|builtin_function_or_method|numpy.ufunc)' object is not subsc",
        _function_indexed,
    ),
    (TypeError, f"'{_NUMBERS}' object is not subscriptable", _number_indexed),
    (IndexError, "invalid index to scalar variable", _number_indexed),
    (TypeError, r"ufunc 'bitwise_xor' not supported|operand type\(s\) for \^", lambda place, found: [_POWER]),
    (TypeError, r"unsupported operand type\(s\).*", _operand),
    (TypeError, rf"object of type '{_NUMBERS}' has no len", _number_counted),
    (TypeError, f"'{_NUMBERS}' object is not iterable", _number_counted),
    (TypeError, "only integer scalar arrays can be converted to a scalar index", _array_counted),
    (TypeError, "loop of ufunc does not support argument . of type (types.SimpleNamespace|function)", _into_numpy),
    (IndexError, "only integers, slices", _index_is_no_int),
    (TypeError, "(list|tuple) indices must be integers or slices, not", _index_is_no_int),
    (IndexError, r"index -?\d+ is out of bounds for axis 0 with size (\d+)", _last_index),
    (ValueError, "The truth value of an array with more than one element", lambda place, found: [_AN_ARRAY]),
    (TypeError, r"only (length-1|size-1|0-dimensional) arrays can be converted", lambda place, found: [_AN_ARRAY]),
)
_POWER = "Python writes a power with **: ^ is something else."
_AN_ARRAY = "An array stands where one number belongs: is an index missing, such as [t]?"


# ------------------------------------------------------------------------------------------- ends, asks and recursion


def _ends(error: BaseException, place: Place, texts: Mapping[str, str]) -> str:
    """Which line ended the program, and what to do: at the top of the file, or in a function."""
    calls = [place.text(node) for node in place.of(_ast.Call)]
    raises = [place.text(node) for node in place.of(_ast.Raise)]
    what = next((one for one in calls if re.search(_EXITS, one)), (raises or calls or ["this"])[0])
    frames = own_frames(error, texts)
    file = "" if frames[0].tb_frame.f_code.co_filename == place.file else f" of {place.file}"
    said = f"line {place.line}{file}, {what}, ends the program"
    tops = [at for at in frames if at.tb_frame.f_code.co_name == "<module>"]
    if not tops:
        return f"{said}: remove it; a function ends with return"
    line = "it" if tops[-1].tb_lineno == place.line else f"line {tops[-1].tb_lineno}, which runs it,"
    return f"{said}: put {line} {AFTER_MAIN} or remove it"


_EXITS = r"\b(exit|_exit|quit|main|abort)\("


def _asks(place: Place) -> str:
    asks = [node for node in place.of(_ast.Call) if isinstance(node.func, _ast.Name) and node.func.id == "input"]
    if not asks:
        return ""
    return f"line {place.line} calls input(), but nobody is there to type: write the value into the file"


def _recursion(error: BaseException, texts: Mapping[str, str]) -> str:
    """Which functions of the student's own call one another without end."""
    names = [at.tb_frame.f_code.co_name for at in own_frames(error, texts)]
    turning = [name for name in sorted(set(names[-50:])) if names.count(name) > 100]
    if len(turning) == 1:
        return f"{turning[0]} calls itself, and never comes to an end."
    return f"{' and '.join(turning[:3])} call one another, and never come to an end." if turning else ""


# ---------------------------------------------------------------------------------------------------------- arithmetic


def watched(call: Callable[[], Any], texts: Mapping[str, str]) -> tuple[Any, str]:
    """What a call gives, and the first thing that numpy warns of in it: "invalid value in log, line 17"."""
    np = sys.modules.get("numpy")
    if np is None:
        return call(), ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with np.errstate(all="warn", under="ignore"):
            value = call()
    own = [one for one in caught if one.filename in texts and issubclass(one.category, RuntimeWarning)]
    said = str(own[0].message).replace(" encountered", "").replace("in scalar ", "in ") if own else ""
    return value, f"{said}, line {own[0].lineno}" if own else ""
