"""The worker: the process that runs student code. It holds no secret and decides nothing.

`main` is started by `portable_worker.py` in a fresh interpreter; `serve` is what the zygote's child runs once it is in
its jail. Both keep the protocol for themselves, give the student an empty standard input and a drained output, say
"ready", and only then look at a byte that the student wrote. Everything said after that could be forged, and is taken
as the student's answer only.
"""

from __future__ import annotations

import importlib.machinery
import linecache
import os
import sys
import types
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, BinaryIO, cast

from autograder.sandbox import wire
from autograder.sandbox.values import ITEM_CODES, Array, Record

MESSAGE_LIMIT = 2_000
_TEXT_TYPES = ("float16", "float32", "float64")


def main() -> None:
    """The portable worker: limits its memory and serves one student's module until the pipe closes."""
    requests, replies = _keep_the_protocol()
    hello = wire.read_frame(requests, wire.MAX_REQUEST)
    if hello is not None:
        layers = ["limit AS"] if limit_memory(int(hello[0]["memory_bytes"])) else []
        send(replies, {"ready": True, "layers": layers})
        _serve(requests, replies, *hello)


def serve(protocol: int, layers: list[str]) -> None:
    """The jailed worker: says which layers are on, then serves one student's module on the socket `protocol`."""
    with open(protocol, "rb") as requests, open(protocol, "wb", closefd=False) as replies:
        send(replies, {"ready": True, "layers": layers})
        hello = wire.read_frame(requests, wire.MAX_REQUEST)
        if hello is not None:
            _serve(requests, replies, *hello)


def _serve(requests: BinaryIO, replies: BinaryIO, load: Any, blob: bytes) -> None:
    session = Session(load["file"], _texts(load["files"], blob), load["unavailable"])
    send(replies, session.load())
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
    """One frame to the grader; a reply that is too large becomes a fault."""
    try:
        frame = wire.pack(header, blobs)
    except ValueError:
        frame = wire.pack({"id": header.get("id"), "fault": "crashed", "message": "the answer is larger than 1 MB"})
    replies.write(frame)
    replies.flush()


class Unavailable:
    """Refuses packages that a submission must do without, also where they happen to be installed. Put first."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> None:
        """Raises ImportError with the reason, or leaves the module to the finders after it."""
        if fullname.partition(".")[0] in self.reasons:
            raise ModuleNotFoundError(self.reasons[fullname.partition(".")[0]], name=fullname)


class StudentFiles:
    """Finds the student's own modules among the texts that were sent. Put last: numpy.py shadows nothing."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module whose text was sent."""
        if fullname + ".py" in self.texts:
            return importlib.machinery.ModuleSpec(fullname, cast(Any, self), origin=fullname + ".py")
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """The default module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs the text in the module's namespace."""
        name = module.__name__ + ".py"
        text = self.texts[name]
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)


class Session:
    """One module of the student, loaded once and asked many times."""

    def __init__(self, file: str, texts: dict[str, str], unavailable: dict[str, str]) -> None:
        self.file = file
        self.texts = texts
        self.module = types.ModuleType(file.removesuffix(".py"))
        self.module.__file__ = file
        self.unavailable = Unavailable(unavailable)
        self.finder = StudentFiles(texts)

    def load(self) -> dict[str, Any]:
        """Runs the module's text; the reply says that it is loaded, or which exception it raised."""
        sys.meta_path.insert(0, self.unavailable)
        sys.meta_path.append(self.finder)
        sys.modules[self.module.__name__] = self.module
        fault = guarded(lambda: self.finder.exec_module(self.module), self.texts)
        return {"id": 0, **(fault or {"loaded": True})}

    def answer(self, header: Any, blob: bytes) -> Any:
        """Yields one reply (header, blobs) per argument set of a call, or one for a name that is read."""
        names = self.module.__dict__
        missing = {"fault": "missing", "names": sorted(n for n in names if isinstance(n, str) and n[:1] != "_")[:200]}
        if header["name"] not in names:
            yield {"id": header["id"], "index": 0, **missing}, b""
            return
        value = names[header["name"]]
        if header["read"]:
            yield self._reply(header["id"], 0, lambda: value)
            return
        if not callable(value):
            yield {"id": header["id"], "index": 0, "fault": "not_callable", "type": type(value).__name__[:60]}, b""
            return
        for index, arguments in enumerate(header["argument_sets"]):
            yield self._reply(header["id"], index, partial(self._call, value, arguments, blob))

    def _call(self, function: Callable[..., Any], arguments: Any, blob: bytes) -> Any:
        return function(*(_namespaces(wire.decode(a, blob, _numpy_array)) for a in arguments))

    def _reply(self, identity: int, index: int, call: Callable[[], Any]) -> tuple[dict[str, Any], bytes | bytearray]:
        """One reply: the encoded value, or the fault that making it raised."""
        blobs = bytearray()
        found: dict[str, Any] = {}

        def work() -> None:
            found["value"] = wire.encode(call(), blobs, _encode_numpy)

        fault = guarded(work, self.texts)
        return ({"id": identity, "index": index, **(fault or found)}, b"" if fault else blobs)


def guarded(work: Callable[[], Any], texts: dict[str, str]) -> dict[str, Any] | None:
    """Runs `work`; None if it returned, else the fault as plain text: what was raised and the student's own frames."""
    try:
        work()
    except NotImplementedError as error:
        return {"fault": "unanswered", "message": _said(error)}
    except SystemExit as error:
        return {"fault": "exited", "message": _said(error), "frames": _frames(error, texts)}
    except MemoryError:
        return {"fault": "out_of_memory", "message": ""}
    except BaseException as error:
        return {
            "fault": "crashed",
            "type": type(error).__name__[:60],
            "message": _said(error),
            "frames": _frames(error, texts),
        }
    return None


def _said(error: BaseException) -> str:
    try:
        return str(error)[:MESSAGE_LIMIT]
    except BaseException:  # their __str__ may raise what it likes
        return "(its message could not be made)"


def _frames(error: BaseException, texts: dict[str, str]) -> list[str]:
    """The student's own frames, innermost last: "lstm_gradient.py, line 12, in h_bar: return s.h[t + 2]"."""
    try:
        if isinstance(error, SyntaxError) and error.filename in texts:
            return [f"{error.filename}, line {error.lineno}: {(error.text or '').strip()[:120]}"]
        return [_told(file, line, name, texts) for file, line, name in _own_frames(error, texts)[-4:]]
    except BaseException:
        return []


# ------------------------------------------------------------------------------------------------------------- numpy


def _numpy_array(array: Array, data: bytes) -> Any:
    """A writable numpy array of its own from raw bytes: arguments of a call."""
    import numpy as np

    return np.frombuffer(data, dtype=np.dtype(array.dtype).newbyteorder("<")).reshape(array.shape).copy()


def _namespaces(value: Any) -> Any:
    """Records become objects whose fields are attributes, as the questions write them: `s.x[t]`."""
    return types.SimpleNamespace(**value.fields) if isinstance(value, Record) else value


def _own_frames(error: BaseException, texts: dict[str, str]) -> list[tuple[str, int, str]]:
    """File, line and function of each frame of the student's own. `traceback` would cost every start 2 ms."""
    found = []
    at = error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        if code.co_filename in texts:
            found.append((code.co_filename, at.tb_lineno, code.co_name))
        at = at.tb_next
    return found


def _told(file: str, line: int, name: str, texts: dict[str, str]) -> str:
    lines = texts[file].splitlines()
    return f"{file}, line {line}, in {name}: {(lines[line - 1] if 0 < line <= len(lines) else '').strip()[:120]}"


def _encode_numpy(value: Any, blobs: bytearray, depth: int) -> Any:
    """Tagged JSON for a numpy array or scalar of a real, integer, complex or bool dtype; None for anything else."""
    np = sys.modules.get("numpy")
    if np is None or not (type(value) is np.ndarray or type(value) in np.sctypeDict.values()):
        return None
    array = np.asarray(value)
    scalar = type(value) is not np.ndarray
    if array.ndim > wire.MAX_RANK or array.nbytes > wire.MAX_FRAME:
        return {"$": "other", "type": f"array of {array.dtype} with {array.size} items"}
    if array.dtype == np.longdouble and array.dtype.name not in _TEXT_TYPES:
        items = [np.format_float_scientific(x, unique=True, trim="0") for x in array.ravel().tolist() or []]
        return {"$": "array", "dtype": "longdouble", "shape": list(array.shape), "items": items, "scalar": scalar}
    name = array.dtype.name
    if name not in ITEM_CODES:
        return {"$": "other", "type": f"array of {name}"[:60]}
    data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
    return wire.encode_array(name, tuple(int(n) for n in array.shape), data, blobs, scalar)
