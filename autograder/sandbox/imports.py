"""One import rule in every world: numpy, Python's own modules, the submission's own files, and nothing else.

Runs in the student's process. A package that happens to be installed here is refused like one that is not, so that an
import does the same at home and on Gradescope: it raises ModuleNotFoundError, which an `except ImportError` may catch.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from types import FrameType, ModuleType

TEMPLATE = "student_template"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of Python's own, what only some Pythons from 3.10 on have. A file of the student's of such a name comes first.
_REMOVED = _names(
    """aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt imghdr imp mailcap nis nntplib ossaudiodev pipes
    smtpd sndhdr spwd sunau telnetlib uu xdrlib
    """
)
_SOME_PYTHONS = _REMOVED | {"annotationlib", "compression", "tomllib"}
# What a server's Python comes without, though it stands among Python's own.
_WINDOWS = _names("_tkinter idlelib tkinter turtle turtledemo")
_SPLIT_OFF = _names("distutils ensurepip lib2to3 test")
_OTHER_SYSTEMS = _names("_msi _overlapped _scproxy _winapi _winreg msilib msvcrt nt winreg winsound")
# What students know from elsewhere. Any other name is rather that of a file of theirs which is not there.
_PACKAGES = _names(
    """attr attrs autograd autograder bs4 cupy cv2 cython dask django einops flask gmpy2 google gradescope_utils
    gym h5py hypothesis IPython ipywidgets jax jinja2 joblib jupyter keras lightgbm matplotlib more_itertools
    mpmath msgspec networkx nltk notebook numba numexpr openpyxl pandas PIL pip plotly polars psutil pydantic
    pygame pylab pytest requests rich scipy seaborn setuptools six sklearn sortedcontainers statsmodels sympy
    tabulate tensorflow termcolor toolz torch torchvision tqdm transformers typing_extensions ujson wandb xarray
    xgboost yaml
    """
)
_REFUSED = _WINDOWS | _SPLIT_OFF | _OTHER_SYSTEMS
_PYTHONS_OWN_MODULES = (sys.stdlib_module_names | _REMOVED | {"__main__"}) - _REFUSED


class Rule:
    """Which names may be imported.

    texts: file name -> text of the submission's own files. file: the one that is graded. packages: what may be imported
    beside them and Python's own modules.
    """

    def __init__(self, texts: Mapping[str, str], file: str, packages: Collection[str]) -> None:
        self._texts = texts
        self._file = file
        self._others = _PYTHONS_OWN_MODULES | (frozenset(packages) - _REFUSED)

    def is_own(self, name: str) -> bool:
        """Whether a module is the submission's own: one of Python's own or numpy comes before it."""
        return f"{name}.py" in self._texts and (name not in self._others or name in _SOME_PYTHONS)

    def check(self, fullname: str, frame: FrameType | None) -> None:
        """Raises ModuleNotFoundError, with the line to remove, for what is not on Gradescope."""
        top = fullname.partition(".")[0]
        if top not in self._others:
            raise ModuleNotFoundError(self._told(top, fullname, self._remove(top, frame)), name=fullname)

    def hide(self) -> None:
        """Forgets what this process imported for itself and the student may not import, and other finders than Python's
        own: what an installed package put there to be started with the interpreter."""
        for name in [name for name in sys.modules if not self._stays(name.partition(".")[0])]:
            del sys.modules[name]
        sys.modules["__main__"] = ModuleType("__main__")
        sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__module__", "") in _PYTHONS_OWN]

    def _stays(self, top: str) -> bool:
        return top in self._others and not self.is_own(top)

    def _told(self, top: str, fullname: str, remove: str) -> str:
        """Why it is refused and what to do. remove: as a sentence, "" if it is not known which line asks for it."""
        if top in _PACKAGES or top in _REFUSED or top == TEMPLATE:
            return f"{self._why(top, fullname)} {remove}".strip()
        absent = f"there is no {top}.py among your files, and no module {top} on Gradescope."
        if near := self._near(top):
            return f"{absent} Did you mean {near}?"
        return f"{absent} Add {top}.py{f', or {remove[:1].lower()}{remove[1:]}' if remove else '.'}"

    def _near(self, top: str) -> str:
        """The module whose name is nearly this one, of the student's own files first; "" for none."""
        from difflib import get_close_matches  # needed only for a mistake

        own = [name.removesuffix(".py") for name in self._texts if name != self._file]
        for names, near in ((own, 0.7), (sorted(self._others), 0.85)):
            alike = {name.replace("_", "").casefold(): name for name in names if name[:1] != "_"}
            if found := get_close_matches(top.replace("_", "").casefold(), alike, 1, near):
                return alike[found[0]]
        return ""

    def _why(self, top: str, fullname: str) -> str:
        if top == TEMPLATE:
            return f'Your files lie side by side: write "import {fullname.partition(".")[2] or "NAME"}" for NAME.py.'
        if top in _WINDOWS:
            return f"{top} needs a screen, and Gradescope has none."
        if top in _OTHER_SYSTEMS:
            return f"{top} is part of Python on other systems, and Gradescope runs Linux."
        if top in _SPLIT_OFF:
            return f"{top} is not part of Python on Gradescope."
        return f"{top} is not on Gradescope: only numpy and Python's own modules are."

    def _remove(self, top: str, frame: FrameType | None) -> str:
        """What to do about the line of the student's own that asks for it; "" if there is none."""
        while frame is not None and frame.f_code.co_filename not in self._texts:
            frame = frame.f_back
        if frame is None or top == TEMPLATE:
            return ""
        file, number = frame.f_code.co_filename, frame.f_lineno
        line = self._texts[file].splitlines()[number - 1 : number]
        where = f"line {number}" if file == self._file else f"line {number} of {file}"
        shared = bool(line) and (";" in line[0] or ("," in line[0] and line[0].lstrip().startswith("import ")))
        return f"Take {top} out of {where}." if shared else f"Remove {where}."


def is_refusal(error: BaseException) -> bool:
    """Whether an exception is the rule's own: its message is for the student as it stands."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return type(error) is ModuleNotFoundError and at is not None and at.tb_frame.f_code is Rule.check.__code__


_PYTHONS_OWN = ("_frozen_importlib", "_frozen_importlib_external")
