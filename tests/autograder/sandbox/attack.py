"""The attacks: one entry of a file in attacks/ each, with what must happen. Attacks of one kind have one number.

An entry is a line `== number how: name` and the text. How it is tried: `calls` has the text as the body of `f`, `tries`
too, and has escaped if nothing is raised; `loads` has it as the file; `carries` runs what stands before `-- then` in a
worker, and what stands behind it in the next one. The file is a student's, behind `PRELUDE`, in a jailed worker, and
`f()` is called. What happens is one word, and an entry says behind `->` which may:

    refused     the system said no (PermissionError and other OSErrors), or f returned "refused": what `tries` must be
    value       f returned something; where it starts with "escaped" the attack worked, which no entry allows
    crashed, killed, timed_out, unanswered, missing: the outcome of the call

After every attack the table also looks at what is outside: hidden files, results, processes, shared memory, signals,
connections. `real` marks attacks that do work without a jail and do no harm: they are tried there too, to show that an
attack that is refused is one. A call has 5 s, or what the entry says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PRELUDE = """
import ctypes, errno, os, sys, time, platform
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def syscall(number, *rest):
    if isinstance(number, tuple): number = number[platform.machine() == "aarch64"]
    return checked(libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in rest]))
def frame(text):
    data = text.encode()
    return (len(data) + 4).to_bytes(4, "little") + len(data).to_bytes(4, "little") + data
def reply(value, blob=b"", at=3):
    data = ('{"id":1,"index":0,"value":%s}' % value).encode()
    os.write(at, (len(data) + len(blob) + 4).to_bytes(4, "little") + len(data).to_bytes(4, "little") + data + blob)
    time.sleep(60)
PRIME = 2**61 - 1
SHARED = '{"$":"array","dtype":"int8","shape":[500000],"at":0,"size":500000,"scalar":false}'
"""
HEAD = re.compile(
    r"== (?P<class_>\d+) (?P<how>calls|tries|loads|carries)(?P<real> real)?"
    r"( (?P<seconds>[\d.]+) s)?( -> (?P<must>[a-z_ ]+))?: (?P<name>.+)"
)


@dataclass(frozen=True)
class Attack:
    """One attack: its class, a name, the words of which one must happen, and the text."""

    class_: int
    name: str
    must: str
    text: str
    real: bool = False
    seconds: float = 5.0


def function(name: str, body: str) -> str:
    """The text of a function without parameters."""
    return "\n    ".join([f"def {name}():", *body.strip().splitlines()]) + "\n"


def text_of(how: str, body: str) -> str:
    """The text of a student's file."""
    if how == "carries":
        leave, look = body.split("\n-- then\n")
        return "import fcntl, struct\n" + function("f", leave + "\nreturn 'left'") + function("g", look)
    if how == "loads":
        return body.strip() + "\n"
    return function("f", body + ("\nreturn 'escaped'" if how == "tries" else ""))


def entry(head: str, body: str) -> Attack:
    """The attack of an entry: its first line, and its text."""
    said = HEAD.fullmatch(head)
    assert said is not None, head
    must = said["must"] or {"tries": "refused", "carries": "value"}[said["how"]]
    text, seconds = text_of(said["how"], body.strip()), float(said["seconds"] or 5)
    return Attack(int(said["class_"]), said["name"], must, text, bool(said["real"]), seconds)


def entries(text: str) -> Iterator[Attack]:
    """Every attack of a file; what stands before the first is for the reader."""
    for part in re.split(r"^(?=== )", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        yield entry(head, body)


LOCKS = {
    "flock": "fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)",
    "F_SETLK": "fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)",
    "F_SETLKW": "fcntl.lockf(fd, fcntl.LOCK_SH)",
    "F_GETLK": "fcntl.fcntl(fd, fcntl.F_GETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))",
    "F_OFD_SETLK": "fcntl.fcntl(fd, 37, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))",
    "F_OFD_SETLKW": "fcntl.fcntl(fd, 38, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))",
    "a lease": "fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
}
IOCTLS = {
    "FS_IOC_GETFLAGS": 0x80086601,
    "FS_IOC_FSGETXATTR": 0x801C581F,
    "FIGETBSZ": 2,
    "FS_IOC_FIEMAP": 0xC020660B,
    "FICLONE": 0x40049409,
    "FS_IOC_GETVERSION": 0x80087601,
    "FS_IOC_GETFSUUID": 0x80111500,
    "FS_IOC_ENABLE_VERITY": 0x40806685,
    "none that there is": 0xDEADBEEF,
}
LIBRARY = "import fcntl, numpy, struct\nfd = os.open(numpy.__file__, os.O_RDONLY)\n"
RAISES = "raise ValueError\n" + "while time.sleep(0.2) or 1 / 0: pass\n" * 48 + "def f(): return 1"
MANY = [  # attacks that differ in a word
    *(
        entry(
            f"== 24 tries{' real' if who == 'grader' and what != 'mem' else ''}: read the {who}'s {what}",
            f"open('/proc/%d/{what}' % P['{who}'], 'rb').read(1)",
        )
        for who in ("grader", "zygote")
        for what in ("environ", "maps", "mem")
    ),
    *(
        entry(f"== 43 tries real: a file in {folder}", f"open('{folder}/' + P['token'], 'w').write('x')")
        for folder in ("/tmp", "/var/tmp", "/dev/shm")
    ),
    *(entry(f"== 53 tries real: lock a library file: {name}", LIBRARY + text) for name, text in LOCKS.items()),
    *(
        entry(f"== 1 tries: ioctl on a library file: {name}", f"{LIBRARY}fcntl.ioctl(fd, {number}, bytes(64))")
        for name, number in IOCTLS.items()
    ),
    entry(
        "== 45 loads -> value timed_out killed: 20,000 statements, the first of which raises",
        "raise ValueError\n" + "x = 1\n" * 20_000 + "\ndef f(): return x",
    ),
    entry("== 37 loads 3 s -> timed_out killed: forty-nine slow statements that raise", RAISES),
]
FILES = sorted(Path(__file__).with_name("attacks").glob("*.txt"))
ATTACKS = [*(attack for path in FILES for attack in entries(path.read_text())), *MANY]
