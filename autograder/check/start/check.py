"""Checks your answers: start this file, from any folder.

    python3 check.py                 Windows: py -3.12 check.py

The first time it makes an environment with what it needs (`.autograder/venv`, beside this file), which takes a minute
and a network. Everything that you write behind it is passed on: `python3 check.py 2.1a`, `python3 check.py --help`.
"""

# Any Python from 3.6 on must be able to read this file: it can say what is wrong with it.
import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    del sys.path[0]  # this folder: a random.py of yours in it must not stand for Python's own

import os
import struct

ROOT = os.path.dirname(os.path.abspath(__file__))
HIDDEN = os.path.join(ROOT, ".autograder")
VENV = os.path.join(HIDDEN, "venv")
REQUIREMENTS = os.path.join(ROOT, "requirements.txt")
STAMP = os.path.join(VENV, "installed.txt")  # what was installed: the last thing that is written
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
PROGRAM = (  # the current folder goes, and ours comes last
    "import sys; del sys.path[0]; sys.path.append(sys.argv.pop(1)); from autograder.__main__ import console; console()"
)
NO_NETWORK = ("NewConnectionError", "ConnectTimeout", "Max retries exceeded", "from versions: none", "ProxyError")
NEWER = "py -3.12 check.py" if os.name == "nt" else "python3.12 check.py"


class CannotStart(Exception):
    """One sentence that says what is wrong and what to do."""


def main() -> int:
    """Runs the self-check in its environment, and returns its exit code."""
    try:
        refuse_unsuitable()
        if not is_ready():
            make_environment()
    except CannotStart as problem:
        sys.stderr.write("check.py: %s\n" % problem)
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\ncheck.py: stopped; start it again to go on\n")
        return 130
    return run([PYTHON, "-c", PROGRAM, ROOT, *with_command(sys.argv[1:])])


def with_command(arguments: "list[str]") -> "list[str]":
    """The arguments behind a command: `check` where none is named."""
    return arguments if arguments[:1] in (["check"], ["pack"]) else ["check", *arguments]


def run(command: "list[str]") -> int:
    """Starts a command in this process's place where the system can do that, so that nothing stands between."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    if os.name == "posix":
        os.execve(command[0], command, environment)
    import subprocess

    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # it gets the same, and ends by itself
            continue


# -------------------------------------------------------------------------------------------------------- environment


def refuse_unsuitable() -> None:
    """Raises CannotStart on a Python that cannot run the self-check."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise CannotStart(
            "this is Python %d.%d, and Python 3.10 to 3.13 is needed. " % sys.version_info[:2]
            + "Install one from python.org, and start it by its own name: "
            + NEWER
        )
    if struct.calcsize("P") < 8:
        raise CannotStart(
            "this Python is a 32-bit one, and numpy comes for 64-bit Pythons only. "
            + "Install a 64-bit Python 3.12 from python.org, and start it by its own name: "
            + NEWER
        )
    if not os.path.isdir(os.path.join(ROOT, "autograder")):
        raise CannotStart("%s holds no folder autograder: unpack the whole zip, and start check.py there" % ROOT)


def is_ready() -> bool:
    """Whether the environment is there, with what requirements.txt asks for, for a Python that still is."""
    try:
        with open(STAMP, encoding="utf-8") as stream:
            return stream.read() == wanted() and os.path.exists(PYTHON)
    except (OSError, ValueError):
        return False


def wanted() -> str:
    """What the environment is to hold."""
    with open(REQUIREMENTS, encoding="utf-8") as stream:
        return stream.read()


def make_environment() -> None:
    """Makes the environment. Raises CannotStart with what to do where that fails."""
    sys.stderr.write("The first time this takes a minute: it makes %s with what the self-check needs.\n" % VENV)
    try:
        os.makedirs(HIDDEN, exist_ok=True)
        with open(os.path.join(HIDDEN, ".gitignore"), "w") as stream:
            stream.write("*\n")
    except OSError as error:
        raise CannotStart(
            "cannot write in %s (%s): unpack the zip into a folder of your own" % (ROOT, error.strerror)
        ) from None
    failed, said = quietly([sys.executable, "-I", "-m", "venv", "--clear", VENV])
    if failed:
        raise CannotStart(without_venv(said))
    pip = [PYTHON, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    failed, said = quietly([*pip, "install", "--retries", "2", "-r", REQUIREMENTS])
    if failed:
        raise CannotStart(without_packages(said))
    with open(STAMP, "w", encoding="utf-8") as stream:
        stream.write(wanted())


def quietly(command: "list[str]") -> "tuple[int, str]":
    """Runs a command: its exit code, and what it printed."""
    import subprocess  # slow, and not needed once all is there

    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def without_venv(said: str) -> str:
    """What to do where no environment can be made."""
    if "No module named venv" in said or "ensurepip" in said:
        package = "python%d.%d-venv" % sys.version_info[:2]
        return (
            "this Python lacks its module venv. On Debian and Ubuntu: sudo apt install %s. " % package
            + "Elsewhere: install Python 3.12 from python.org. Then start check.py again"
        )
    return "the environment %s could not be made: %s" % (VENV, last_line(said))


def without_packages(said: str) -> str:
    """What to do where the packages cannot be installed."""
    if any(sign in said for sign in NO_NETWORK):
        return "there is no network, and the first start needs one to install numpy and a few more. Try again with one"
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "pip could not verify the server's certificate; on macOS run 'Install Certificates.command' once"
    return "the packages of requirements.txt could not be installed: %s" % last_line(said)


def last_line(said: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(("[notice]", "hint:"))]
    return lines[-1] if lines else "nothing was said"


if __name__ == "__main__":
    sys.exit(main())
