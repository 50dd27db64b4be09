"""An autograder: the engine. It knows how to check, and knows no answer and no homework."""

import sys

__version__ = "0.1.0"

# The one file that an older Python must be able to read to the end: it can say what is wrong.
if sys.version_info < (3, 10):  # noqa: UP036
    found = "autograder: this is Python %d.%d, and " % sys.version_info[:2]  # noqa: UP031
    sys.stderr.write(found + "Python 3.10 to 3.13 is needed. ")
    sys.stderr.write("Install one, and start it by its own name: python3.12 -m autograder check\n")
    sys.exit(2)

if sys.argv[:1] == ["-m"]:  # `python -m` looks for us, with the current folder first on its path
    import _signal  # type: ignore[import-not-found]  # without the enums of `signal`
    import os

    # A random.py or json.py that lies there would be taken for Python's own by whatever is imported from here on.
    try:
        if sys.path[0] in ("", os.getcwd()):
            del sys.path[0]
    except OSError:  # a folder that is gone, or may not be entered
        pass
    # Ctrl-C ends this in silence until there is somebody to say what it ends (`__main__.console`).
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
