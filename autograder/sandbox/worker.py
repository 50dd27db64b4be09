"""The worker: the process that runs student code. It holds no secret and decides nothing.

`main` is started by `portable_worker.py` in a fresh interpreter; `serve` is what the zygote's child runs once it is in
its jail. Both say "ready" before they look at a byte that the student wrote.
"""

from __future__ import annotations

import importlib.machinery
import linecache
import os
import sys
import time
import types
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, cast

from autograder.sandbox import audit, imports, literals, loading, places, remedies, unparsed, wire
from autograder.sandbox.conversion import Converter
from autograder.sandbox.decoding import decode_arguments

MESSAGE_LIMIT = 2_000
MAX_BROKEN = 1_000
LEAST_SECONDS = 0.02
DEPTH_THERE = 3_000


def main() -> None:
    """The portable worker: limits its memory and serves one student's module until the pipe closes."""
    requests, replies = _keep_the_protocol()
    hello = wire.read_frame(requests, wire.MAX_REQUEST)
    if hello is not None:
        with suppress(ImportError):  # as in the zygote, and before a rule applies to what it imports for itself
            import numpy  # noqa: F401
        layers = ["limit AS"] if limit_memory(int(hello[0]["memory_bytes"])) else []
        audit.refuse_what_the_jail_does()
        send(replies, {"ready": True, "layers": layers})
        _serve(requests, replies, *hello)


def serve(protocol: int, layers: list[str]) -> None:
    """The jailed worker: says which layers are on, then serves one student's module on the socket `protocol`."""
    if {"own uid", "limit STACK"} <= set(layers):
        # A newer Python counts no call into C: at home a recursion may go deeper below the same limit than there.
        sys.setrecursionlimit(DEPTH_THERE)
    if "limit NPROC" not in layers:
        audit.limit_threads()
    with open(protocol, "rb") as requests, open(protocol, "wb", closefd=False) as replies:
        send(replies, {"ready": True, "layers": layers})
        hello = wire.read_frame(requests, wire.MAX_REQUEST)
        if hello is not None:
            _serve(requests, replies, *hello)


def _serve(requests: BinaryIO, replies: BinaryIO, load: Any, blob: bytes) -> None:
    texts = _texts(load["files"], blob)
    session = Session(load["file"], texts, load["unreadable"], load["packages"])
    began = time.process_time()
    send(replies, {**session.load(), **_spent(began)})
    while (frame := wire.read_frame(requests, wire.MAX_REQUEST)) is not None:
        header, blob = frame
        for reply, blobs in session.answer(header, blob):
            send(replies, reply, blobs)


def _keep_the_protocol() -> tuple[BinaryIO, BinaryIO]:
    """Moves the protocol off descriptors 0 and 1, so that print and input do not touch it."""
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def _spent(began: float) -> dict[str, float]:
    """The CPU seconds since then, where they are worth a word."""
    seconds = time.process_time() - began
    return {"cpu": round(seconds, 3)} if seconds >= LEAST_SECONDS else {}


def _texts(files: list[list[Any]], blob: bytes) -> dict[str, str]:
    """File name -> text, from the names and sizes in the header and the bytes behind it."""
    texts: dict[str, str] = {}
    at = 0
    for name, size in files:
        texts[name] = blob[at : at + size].decode("utf-8")
        at += size
    return texts


def limit_memory(budget: int) -> bool:
    """Caps the address space at what it is now plus `budget` bytes; False where the platform cannot."""
    try:
        import resource

        with open("/proc/self/statm", "rb") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + budget, now + budget))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return False
    return True


def send(replies: BinaryIO, header: Any, blobs: bytes | bytearray = b"") -> None:
    """One frame to the grader; of an answer that is too large, only that it is."""
    try:
        frame = wire.pack(header, blobs)
    except ValueError:
        place = {name: header[name] for name in ("id", "index") if name in header}
        frame = wire.pack({**place, "value": {"$": "other", "type": "structure that is too large"}})
    replies.write(frame)
    replies.flush()


class StudentFiles:
    """Finds the student's own modules among the texts that were sent, and keeps the rule of imports. Put first.

    unreadable: module -> why its file could not be read.
    """

    def __init__(self, texts: dict[str, str], unreadable: dict[str, str], rule: imports.Rule) -> None:
        self.texts = texts
        self.rule = rule
        self.unreadable = unreadable
        self.sources: list[str] = []  # what was compiled, the file that is asked for last
        self.skipped: list[dict[str, Any]] = []
        self.loading = True

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module whose text was sent, None for what other finders may find; else ImportError with why."""
        if self.rule.is_own(fullname):
            return importlib.machinery.ModuleSpec(fullname, cast(Any, self), origin=fullname + ".py")
        if fullname in self.unreadable:
            raise ImportError(self.unreadable[fullname], name=fullname)
        self.rule.check(fullname, sys._getframe(1))
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """The default module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs a helper module. Like the file itself it loses no more than what raises, while that is being loaded."""
        loaded = self.load(module)
        if loaded.errors and (loaded.ended or not self.loading):
            raise loaded.errors[-1 if loaded.ended else 0]
        for name in loaded.broken:
            module.__dict__.pop(name, None)

    def load(self, module: types.ModuleType) -> loading.Loaded:
        """Runs the text of a module in its namespace."""
        name = module.__name__ + ".py"
        text = self.texts[name]
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        loaded = loading.load(text, name, module.__dict__, lambda error: fault_of(error, self.texts))
        self.sources.append(loaded.source)
        self.skipped += ({**fault, "file": name} for fault in loaded.skipped)
        return loaded


class Session:
    """One module of the student, loaded once and asked many times."""

    def __init__(self, file: str, texts: dict[str, str], unreadable: dict[str, str], packages: Sequence[str]) -> None:
        self.file = file
        self.texts = texts
        self.module = types.ModuleType(file.removesuffix(".py"))
        self.module.__file__ = file
        self.finder = StudentFiles(texts, unreadable, imports.Rule(texts, file, packages))
        self.converter = Converter()
        self.source = ""

    def load(self) -> dict[str, Any]:
        """Runs the module's text. The reply says that it is loaded and what of it was skipped, or why it cannot be."""
        self.finder.rule.hide()
        sys.meta_path.insert(0, self.finder)
        sys.modules[self.module.__name__] = self.module
        try:
            loaded = self.finder.load(self.module)
        except BaseException as error:
            return {"id": 0, **fault_of(error, self.texts)}
        self.finder.loading = False
        self.source = loaded.source
        if not self.finder.skipped:
            return {"id": 0, "loaded": True}
        skipped = self.finder.skipped[-loading.MAX_SKIPPED :]  # those of the file itself stand last
        first = len(skipped) - len(loaded.skipped)
        broken = {name: first + at for name, at in list(loaded.broken.items())[:MAX_BROKEN]}
        told = [{**fault, "message": fault["message"][: MESSAGE_LIMIT // 8]} for fault in skipped]
        return {"id": 0, "loaded": True, "broken": broken, "skipped": told}

    def answer(self, header: Any, blob: bytes) -> Any:
        """Yields one reply (header, blobs) per argument set of a call, or one for a name that is read."""
        names = self.module.__dict__
        present = sorted(n[:60] for n in names if isinstance(n, str) and n[:1] != "_")
        if header["name"] not in names:
            hint = loading.indented(header["name"], self.source)
            yield {"id": header["id"], "index": 0, "fault": "missing", "names": present[:200], "hint": hint}, b""
            return
        value = names[header["name"]]
        if header["read"]:
            if (reply := self._left_at_none(header, value)) is None:
                reply = self._text(header, value) if header.get("text") else self._reply(header, 0, lambda: value)
            yield reply
            return
        if not callable(value):
            yield {"id": header["id"], "index": 0, "fault": "not_callable", "type": type(value).__name__[:60]}, b""
            return
        call = _changes if header.get("changes") else _call
        for index, arguments in enumerate(header["argument_sets"]):
            one = partial(call, value, arguments, header, blob)
            yield self._watched(header, one) if header.get("watch") else self._reply(header, index, one)

    def _reply(self, header: Any, index: int, call: Callable[[], Any]) -> tuple[dict[str, Any], bytes | bytearray]:
        """One reply: the encoded value, or the fault that making it raised."""
        blobs = bytearray()
        reply = {"id": header["id"], "index": index}
        began = time.process_time()
        try:
            value = call()
            if isinstance(value, types.CoroutineType):
                value.close()  # else Python warns that nobody waited for it
            reply |= _spent(began)
            return {**reply, "value": self.converter.encode(value, blobs)}, blobs
        except NotImplementedError as error:
            return {**reply, "fault": "unanswered", "hint": self._left_over(header["name"], error)}, b""
        except BaseException as error:
            return {**reply, **fault_of(error, self.texts)}, b""

    def _watched(self, header: Any, call: Callable[[], Any]) -> tuple[dict[str, Any], bytes | bytearray]:
        """The reply to a call, with what numpy warned of in it."""
        seen: list[str] = []

        def watch() -> Any:
            value, warning = remedies.watched(call, self.texts)
            seen.append(warning)
            return value

        reply, blobs = self._reply(header, 0, watch)
        return {**reply, "arithmetic": "".join(seen)[:200]}, blobs

    def _left_at_none(self, header: Any, value: Any) -> tuple[dict[str, Any], bytes | bytearray] | None:
        """The reply to a constant that still says None, as the template does; else None."""
        name = header["name"]
        try:
            if value is not None or not loading.left_at_none(name, self.source):
                return None
            hint = loading.assigned_twice(name, self.source)
        except Exception:  # a file that is too deep to be parsed: its None is a value like any other
            return None
        return {"id": header["id"], "index": 0, "fault": "unanswered", "hint": hint}, b""

    def _text(self, header: Any, value: Any) -> tuple[dict[str, Any], bytes | bytearray]:
        """A text with its LaTeX; for an empty one, where the name is assigned if that is more than once."""
        hints: dict[str, str] = {}

        def read() -> Any:
            if not isinstance(value, str):
                return value
            name, plain = header["name"], str.__str__(value)
            try:
                said, hints["lost"] = literals.as_written(name, plain, [self.source, *self.finder.sources])
                hints["hint"] = "" if said.strip() else loading.assigned_twice(name, self.source)
            except Exception:  # a text of a thousand parts, say: it is taken as Python made it
                return plain
            return said

        reply, blobs = self._reply(header, 0, read)
        return {**reply, **hints}, blobs

    def _left_over(self, name: str, error: NotImplementedError) -> str:
        try:
            return loading.left_over(name, _own_frames(error, self.texts), self.file, self.source)
        except Exception:  # it is only a hint, about a function that may come from anywhere
            return ""


def fault_of(error: BaseException, texts: dict[str, str]) -> dict[str, Any]:
    """An exception as plain text; one of a stub's is like any other where it is raised while a file is loaded."""
    if isinstance(error, MemoryError):
        return {"fault": "out_of_memory", "message": ""}
    instead, hint = remedies.explained(error, texts)
    told = {"message": _said(error), "instead": instead[: MESSAGE_LIMIT // 8], "frames": _frames(error, texts)}
    if isinstance(error, SyntaxError):
        told.update(_place_of(error, texts))
    if isinstance(error, SystemExit):
        return {"fault": "exited", **told}
    return {"fault": "crashed", "type": type(error).__name__[:60], "hint": _remedy(error, texts) or hint, **told}


def _remedy(error: BaseException, texts: dict[str, str]) -> str:
    """What to do about an answer that was to be a text, where Python says only what it cannot read."""
    try:
        if isinstance(error, SyntaxError) and error.filename in texts:
            text = texts[error.filename]
            if said := literals.remedy(error.lineno or 0, text):
                return said
            return unparsed.remedy(error, text)
        if isinstance(error, (NameError, TypeError, AttributeError)) and (frames := _own_frames(error, texts)):
            file, line, name = frames[-1]
            return literals.unquoted(texts[file].split("\n")[line - 1]) if name == "<module>" else ""
        return audit.kept_from(error)
    except Exception:  # it is only a hint
        pass
    return ""


def _said(error: BaseException) -> str:
    try:
        return str(error)[:MESSAGE_LIMIT]
    except BaseException:  # their __str__ may raise what it likes
        return "(its message could not be made)"


def _frames(error: BaseException, texts: dict[str, str]) -> list[str]:
    """The student's own frames, innermost last: "words.py, line 12, in reverse: return word[2]"."""
    try:
        if isinstance(error, SyntaxError) and error.filename in texts:
            return [f"{error.filename}, line {error.lineno}: {(error.text or '').strip()[:120]}"]
        own: list[tuple[str, int, str]] = []
        for file, line, name in _own_frames(error, texts):
            if not own or own[-1][:2] != (file, line):  # a comprehension's own, or one that calls itself, says no more
                own.append((file, line, name))
        return [_told(file, line, name, texts) for file, line, name in own[-4:]]
    except BaseException:
        return []


def _place_of(error: SyntaxError, texts: dict[str, str], width: int = 72) -> dict[str, Any]:
    """Where Python could not read on: the file's line, what stands there around it, and the column of a caret below."""
    try:
        if error.filename not in texts or not error.text or not error.offset or error.offset < 1:
            return {}
        line, at = error.text.rstrip(), error.offset - 1
        before = " ".join(f"{line[:at]}|".split())[:-1]  # runs of blanks count as one, as they are shown
        told = before + " ".join(f"|{line[at:]}".split())[1:]
        start = max(min(len(before) - width // 2, len(told) - width), 0)
        cut = told[start : start + width]
        column = len(before) - start - (len(cut) - len(cut.lstrip()))
        frames = [f"{error.filename}, line {error.lineno}:", cut.strip()]
        return {"frames": frames, "caret": column, "message": str(error.msg)[:MESSAGE_LIMIT]}
    except Exception:  # its attributes may be anything: it is the student's to raise
        return {}


# --------------------------------------------------------------------------------------------------------------- calls


def _call(function: Callable[..., Any], arguments: Any, header: Any, blob: bytes) -> Any:
    keywords = header.get("keywords", {})
    named = dict(zip(keywords, decode_arguments(keywords.values(), blob), strict=True)) if keywords else {}
    return function(*decode_arguments(arguments, blob), **named)


def _changes(function: Callable[..., Any], arguments: Any, header: Any, blob: bytes) -> list[list[Any]]:
    """Calls the function, and says which fields of its records are not what they were: [place, field] of each."""
    given = decode_arguments(arguments, blob)
    function(*given)
    return [
        [place, field]
        for place, (now, was) in enumerate(zip(given, decode_arguments(arguments, blob), strict=True))
        if isinstance(was, types.SimpleNamespace)
        for field, value in vars(was).items()
        if not _same(vars(now).get(field), value)
    ]


def _same(now: Any, was: Any) -> bool:
    """Whether a field is what it was, bit for bit: a NaN too."""
    if type(now) is not type(was):
        return False
    if hasattr(was, "tobytes"):
        return bool(now.dtype == was.dtype and now.shape == was.shape and now.tobytes() == was.tobytes())
    return repr(now) == repr(was)


def _own_frames(error: BaseException, texts: dict[str, str]) -> list[tuple[str, int, str]]:
    """File, line and function of each frame of the student's own. `traceback` would cost every start 2 ms."""
    frames = ((at.tb_frame.f_code, at.tb_lineno) for at in places.own_frames(error, texts))
    return [(code.co_filename, line, code.co_name) for code, line in frames]


def _told(file: str, line: int, name: str, texts: dict[str, str]) -> str:
    lines = texts[file].splitlines()
    return f"{file}, line {line}, in {name}: {(lines[line - 1] if 0 < line <= len(lines) else '').strip()[:120]}"
