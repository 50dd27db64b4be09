"""An autograder: the engine. It knows how to check, and knows no answer and no homework."""

import sys

__version__ = "1.0.0"

# The one file that an older Python must be able to read to the end: it can say what is wrong.
if sys.version_info < (3, 10):  # noqa: UP036
    found = "autograder: this is Python %d.%d, and " % sys.version_info[:2]  # noqa: UP031
    sys.stderr.write(found + "Python 3.10 to 3.13 is needed. ")
    sys.stderr.write("Install one, and start it by its own name: python3.12 -m autograder check\n")
    sys.exit(2)
