"""The attacks: one entry each, with what must happen. Attacks of one kind have one number, their `class_`.

A text is run as a student's file in a jailed worker, behind `PRELUDE`, and `f()` is called. What happens is one word:

    refused     the system said no (PermissionError and other OSErrors), or f returned "refused"
    value       f returned something; where it starts with "escaped" the attack worked, which no entry allows
    crashed, killed, timed_out, unanswered, missing: the outcome of the call

After every attack the table also looks at what is outside: hidden files, results, processes, shared memory, signals,
connections. `real` marks attacks that do work without a jail and do no harm: they are tried there too, to show that an
attack that is refused is one.
"""

from __future__ import annotations

from dataclasses import dataclass

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
"""


@dataclass(frozen=True)
class Attack:
    """One attack: its class, a name, the words of which one must happen, and the text."""

    class_: int
    name: str
    must: str
    text: str
    real: bool = False
    seconds: float = 5.0


def calls(class_: int, name: str, must: str, body: str, real: bool = False, seconds: float = 5.0) -> Attack:
    """An attack inside the call of f."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return Attack(class_, name, must, f"def f():\n{lines}\n", real, seconds)


def loads(class_: int, name: str, must: str, text: str, real: bool = False, seconds: float = 5.0) -> Attack:
    """An attack while the file is loaded, or around f."""
    return Attack(class_, name, must, text.strip() + "\n", real, seconds)


def carries(name: str, leave: str, look: str, must: str = "value", real: bool = False) -> Attack:
    """An attack on two workers, one after the other: `leave` runs in the first, and `look` in the next one."""
    bodies = [("f", leave.strip() + "\nreturn 'left'"), ("g", look.strip())]
    texts = ["\n    ".join([f"def {name}():", *body.splitlines()]) for name, body in bodies]
    return loads(53, name, must, "import fcntl, struct\n" + "\n".join(texts), real)


def tries(class_: int, name: str, body: str, real: bool = False, must: str = "refused") -> Attack:
    """An attack that has escaped if nothing is raised."""
    return calls(class_, name, must, f"{body.strip()}\nreturn 'escaped'", real)


FORGE = [
    tries(1, "write results.json", "open(P['results'], 'w').write('{}')", real=True),
    tries(1, "append to results.json", "os.write(os.open(P['results'], os.O_WRONLY | os.O_APPEND), b'x')", real=True),
    tries(1, "empty results.json", "os.truncate(P['results'], 0)", real=True),
    tries(
        1,
        "change results.json through memory",
        """
import mmap
mmap.mmap(os.open(P['results'], os.O_RDWR), 0)[0:1] = b'!'
""",
        real=True,
    ),
    tries(
        1, "replace results.json by a file of one's own", "os.rename(P['results'], P['results'] + '.old')", real=True
    ),
    tries(1, "remove results.json", "os.unlink(P['results'])", real=True),
    tries(1, "make the results folder unwritable", "os.chmod(os.path.dirname(P['results']), 0)", real=True),
    tries(1, "link results.json elsewhere", "os.link(P['results'], P['results'] + '.link')", real=True),
    tries(
        2,
        "rewrite it later from a daemon",
        """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.5)
        open(P['results'], 'w').write('{}')
    os._exit(0)
""",
        real=True,
    ),
    tries(2, "wait for the results with inotify", "checked(libc.inotify_init1(0))", real=True),
    tries(
        2,
        "wait for the results with dnotify",
        """
import fcntl
fcntl.fcntl(os.open('/usr/lib', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)
""",
        real=True,
    ),
    tries(
        2,
        "open results with open_by_handle_at",
        """
handle = (ctypes.c_char * 136)(); ctypes.cast(handle, ctypes.POINTER(ctypes.c_uint))[0] = 128
checked(libc.name_to_handle_at(-100, b'/usr/lib', handle, ctypes.byref(ctypes.c_int()), 0))
""",
    ),
    tries(3, "change the grader's code", "open(P['hidden'] + '/grader.py', 'a').write('x')", real=True),
    loads(4, "exit with status 0 while loading", "killed", "os._exit(0)"),
    calls(4, "exit with status 0 in the call", "killed", "os._exit(0)"),
    calls(4, "sys.exit(0)", "killed", "sys.exit(0)"),
    calls(4, "segfault", "killed", "ctypes.string_at(0)"),
    calls(4, "abort", "killed", "os.abort()"),
    tries(4, "exec over oneself", "os.execv('/bin/true', ['true'])"),
    loads(
        5,
        "act at exit and in a thread after the reply",
        "value",
        """
import atexit, threading
def late():
    try: open(P['results'], 'w').write('late')
    except OSError: pass
atexit.register(late)
def f():
    threading.Thread(target=lambda: (time.sleep(0.2), late()), daemon=False).start()
    return 'done'
""",
    ),
    calls(
        6,
        "print a reply",
        "value",
        """
os.write(1, frame('{"id":1,"index":0,"value":"forged"}'))
print('{"score": 100}')
return 'answer'
""",
    ),
    calls(
        7,
        "write a reply to the socket oneself",
        "value",
        """
os.write(3, frame('{"id":1,"index":0,"value":"mine"}'))
time.sleep(60)
""",
    ),
    calls(7, "write noise to the socket", "killed", "os.write(3, os.urandom(4096)); time.sleep(60)"),
    calls(
        7, "write half a frame and wait", "timed_out", "os.write(3, b'\\xff\\x00\\x00'); time.sleep(60)", seconds=0.3
    ),
    calls(7, "a frame of another type", "killed", "os.write(3, frame('[1, 2]')); time.sleep(60)"),
    calls(7, "close the socket", "killed", "os.close(3); time.sleep(60)"),
    calls(
        7,
        "hand over a descriptor",
        "killed",
        """
import array, socket
s = socket.socket(fileno=3)
s.sendmsg([b'\\xff' * 9], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0, 1, 2]))])
time.sleep(60)
""",
    ),
    loads(
        8,
        "answer the next call ahead",
        "killed",
        """
def f():
    os.write(3, frame('{"id":1,"index":0,"value":1}') + frame('{"id":2,"index":0,"value":2}'))
    time.sleep(60)
AGAIN = True
""",
    ),
    loads(
        9,
        "replace json, the encoder and the clock",
        "value",
        """
import json, time, struct
def f():
    json.dumps = lambda *a, **k: '{"id":1,"index":0,"value":"forged"}'
    json.JSONEncoder.iterencode = lambda *a, **k: ['{"id":1,"index":0,"value":"forged"}']
    time.time = time.monotonic = time.perf_counter = lambda: 0.0
    sys._getframe(1).f_globals['wire'].encode = lambda *a, **k: 'forged'
    return 'answer'
""",
    ),
    loads(
        10,
        "an object that equals everything",
        "value",
        """
class Yes(float):
    def __eq__(self, other): return True
    def __le__(self, other): return True
    __hash__ = None
def f(): return Yes(1.0)
""",
    ),
    calls(
        10,
        "an array subclass that lies",
        "value",
        """
import numpy as np
class Lie(np.ndarray):
    def __array__(self, *a, **k): return np.ones(3)
    def tobytes(self, *a): return b''
    shape = property(lambda self: (1,))
return np.ones(3).view(Lie)
""",
    ),
    calls(
        11,
        "a pickle for an answer",
        "value",
        """
import pickle
class Boom:
    def __reduce__(self): return (os.system, ('true',))
return [pickle.dumps(Boom()), Boom()]
""",
    ),
    calls(
        12,
        "a secret in frames, arguments or the environment",
        "value",
        """
seen = [repr(sys.argv), repr(dict(os.environ)), repr(sys.orig_argv)]
frame = sys._getframe()
while frame:
    seen.append(repr(frame.f_globals) + repr(frame.f_locals)); frame = frame.f_back
return 'escaped' if SECRET() in ''.join(seen) else 'nothing'
""",
    ),
    calls(13, "an empty array", "value", "import numpy as np\nreturn np.array([])"),
    calls(14, "not a number", "value", "return float('nan')"),
    calls(15, "True for 1", "value", "return True"),
    calls(15, "a complex number", "value", "return 1 + 0j"),
    calls(18, "turn the clock back", "refused", "time.clock_settime(time.CLOCK_REALTIME, 0)\nreturn 'escaped'"),
]

READ = [
    tries(19, "read the answers", "open(P['answers']).read()", real=True),
    tries(19, "list the hidden folder", "os.listdir(P['hidden'])", real=True),
    tries(
        19,
        "open the folder and look below",
        """
fd = os.open(P['hidden'], os.O_RDONLY | os.O_DIRECTORY)
os.open('solution.py', os.O_RDONLY, dir_fd=fd)
""",
        real=True,
    ),
    tries(
        19,
        "read the answers with openat2",
        """
how = (ctypes.c_ulonglong * 3)(0, 0, 0)
os.read(syscall(437, -100, P['answers'].encode(), how, 24), 9)
""",
        real=True,
    ),
    tries(19, "read the answers with io_uring", "syscall(425, 8, ctypes.create_string_buffer(120))"),
    tries(
        19, "import the answers", "sys.path.insert(0, P['hidden']); import solution", real=True, must="refused crashed"
    ),
    tries(19, "open the hidden folder to others", "os.chmod(P['hidden'], 0o777)", real=True),
    tries(20, "read submission_metadata.json", "open(P['metadata']).read()", real=True),
    tries(20, "read earlier results", "open(P['results']).read()", real=True),
    tries(21, "find the assignment as a package", "import reference, solution", must="crashed"),
    calls(
        22,
        "find a secret among live objects",
        "value",
        """
import gc, linecache
text = ''.join(x for x in gc.get_objects() if type(x) is str) + repr(linecache.cache)
return 'escaped' if SECRET() in text else 'nothing'
""",
    ),
    calls(
        23,
        "scan the own memory",
        "value refused",
        """
first, rest_of_it = (bytes(reversed(half)) for half in HALVES)  # never in one piece, or it would find itself
for line in open('/proc/self/maps'):
    span, mode, *rest = line.split()
    if mode[0] == 'r' and mode[1] == 'w' and (len(rest) < 4 or rest[3] == '[heap]'):
        start, end = (int(x, 16) for x in span.split('-'))
        memory = ctypes.string_at(start, end - start)
        at = memory.find(first)
        while at >= 0:
            if memory[at + len(first):][:len(rest_of_it)] == rest_of_it: return 'escaped'
            at = memory.find(first, at + 1)
return 'nothing'
""",
    ),
    tries(23, "open the own memory", "open('/proc/self/mem', 'rb+')", real=True),
    *(
        tries(
            24,
            f"read the {who}'s {what}",
            f"open('/proc/%d/{what}' % P['{who}'], 'rb').read(1)",
            real=who == "grader" and what != "mem",
        )
        for who in ("grader", "zygote")
        for what in ("environ", "maps", "mem")
    ),
    tries(24, "list the grader's descriptors", "os.readlink('/proc/%d/fd/0' % P['grader'])", real=True),
    tries(24, "attach to the grader", "checked(libc.ptrace(16, P['grader'], None, None))"),
    tries(24, "seize the zygote", "checked(libc.ptrace(0x4206, P['zygote'], None, None))"),
    tries(
        24,
        "read the grader's memory by process_vm_readv",
        """
vector = (ctypes.c_ulonglong * 2)(0x400000, 8)
checked(libc.process_vm_readv(P['grader'], vector, 1, vector, 1, 0))
""",
    ),
    tries(24, "take a descriptor by pidfd", "syscall(438, syscall(434, P['grader'], 0), 0, 0)", real=True),
    tries(24, "compare with the grader by kcmp", "syscall((312, 272), os.getpid(), P['grader'], 0, 0, 0)"),
    calls(
        25,
        "inherited descriptors",
        "value",
        """
import stat
left = []
for fd in range(1024):
    try: left.append((fd, stat.S_IFMT(os.fstat(fd).st_mode)))
    except OSError: pass
kinds = {0: stat.S_IFCHR, 1: stat.S_IFIFO, 2: stat.S_IFIFO, 3: stat.S_IFSOCK}
return 'nothing' if dict(left) == kinds else 'escaped: %r' % left
""",
        real=True,
    ),
    calls(
        26,
        "a token in the first environment block",
        "value",
        """
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, 'environ')
found, i = [], 0
while environ[i]: found.append(environ[i]); i += 1
return 'escaped' if SECRET().encode() in b''.join(found) else 'nothing'
""",
    ),
    tries(26, "read /proc/self/environ", "open('/proc/self/environ').read()", real=True),
    tries(
        29,
        "TCP to the grader's machine",
        """
import socket
socket.create_connection(('127.0.0.1', P['port']), 1)
""",
        real=True,
    ),
    tries(
        29,
        "UDP",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        real=True,
    ),
    tries(29, "a raw packet socket", "import socket\nsocket.socket(17, socket.SOCK_RAW)"),
    tries(29, "netlink", "import socket\nsocket.socket(16, socket.SOCK_RAW)", real=True),
    tries(
        29,
        "a Unix socket by its path",
        """
import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', P['unix'])
""",
        real=True,
    ),
    tries(
        29,
        "a pair of datagram sockets, connected elsewhere",
        """
import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.connect(P['unix']); one.send(b'x')
""",
        real=True,
    ),
    tries(
        29,
        "a pair of stream sockets, connected elsewhere",
        """
import socket
one, other = socket.socketpair()
one.connect(P['unix'])
""",
    ),
    tries(
        29,
        "an abstract Unix socket",
        """
import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', P['abstract'])
""",
        real=True,
    ),
    tries(29, "listen on a port", "import socket\nsocket.socket().bind(('127.0.0.1', 0))", real=True),
]

SHADOW = [
    loads(
        34,
        "an engine module replaced for the next worker",
        "value",
        """
def f():
    sys.modules['json'] = sys.modules['numpy'] = None
    return 'answer'
""",
    ),
    loads(
        35,
        "hooks that outlive the file",
        "value",
        """
class Finder:
    def find_spec(self, *rest): return None
sys.meta_path.insert(0, Finder()); sys.path_hooks.insert(0, lambda path: None); sys.settrace(lambda *a: None)
def f(): return 'answer'
""",
    ),
    loads(
        36,
        "bidi and control characters in an exception",
        "crashed",
        "def f(): raise ValueError('\\x1b[31m\\u202eabc\\x00')",
    ),
]

EXHAUST = [
    calls(
        37,
        "an endless loop that catches everything",
        "timed_out",
        """
while True:
    try:
        while True: pass
    except BaseException: pass
""",
        seconds=0.3,
    ),
    calls(
        37,
        "ignore every signal and sleep",
        "timed_out",
        """
import signal
for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(60)
""",
        seconds=0.3,
    ),
    calls(37, "stop oneself", "timed_out refused", "import signal\nos.kill(os.getpid(), signal.SIGSTOP)", seconds=0.3),
    calls(38, "a number that takes forever", "timed_out killed", "return 9 ** 9 ** 9", seconds=0.3),
    calls(
        38,
        "a regular expression that takes forever",
        "timed_out",
        "import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
        seconds=0.3,
    ),
    tries(39, "a bounded fork bomb", "for _ in range(20): os.fork()"),
    tries(
        39,
        "a process by clone",
        """
checked(libc.clone(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda p: 0),
        ctypes.c_void_p(ctypes.addressof(ctypes.create_string_buffer(65536)) + 65536), 17, None))
""",
    ),
    tries(
        39,
        "a process by clone3",
        """
given = (ctypes.c_ulonglong * 8)(0, 0, 0, 0, 17, 0, 0, 0)
if syscall(435, given, 64) == 0: os._exit(0)
""",
    ),
    tries(39, "a process by vfork and posix_spawn", "os.posix_spawn('/bin/true', ['true'], {})", real=True),
    tries(39, "a subprocess", "import subprocess\nsubprocess.run(['/bin/true'])", real=True),
    tries(39, "a shell", "if os.system('true') != 0: raise OSError", real=True),
    calls(
        40,
        "300 threads that never end",
        "value crashed killed timed_out",
        """
import threading
count = 0
try:
    for _ in range(300):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start(); count += 1
except RuntimeError: pass
return count
""",
        seconds=2.0,
    ),
    calls(41, "a memory bomb", "killed", "x = []\nwhile True: x.append(bytearray(1 << 24))"),
    calls(41, "a memory bomb in one piece", "killed", "return bytearray(1 << 40)"),
    calls(
        41,
        "memory without a limit",
        "refused crashed",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nreturn 'escaped'",
    ),
    tries(42, "shared memory that stays", "checked(libc.shmget(P['key'], 4096, 0o1600))", real=True),
    tries(42, "a semaphore that stays", "checked(libc.semget(P['key'], 1, 0o1600))", real=True),
    tries(42, "a message queue that stays", "checked(libc.msgget(P['key'], 0o1600))", real=True),
    tries(
        42,
        "a POSIX message queue",
        "checked(ctypes.CDLL('librt.so.1', use_errno=True).mq_open(b'/escaped', os.O_CREAT | os.O_RDWR, 0o600, None))",
    ),
    tries(42, "a file in memory", "os.memfd_create('x')", real=True),
    tries(42, "secret memory", "syscall(447, 0)"),
    tries(42, "a key that stays", "syscall((248, 217), b'user', b'escaped', b'x', 1, -4)"),
    *(
        tries(43, f"a file in {folder}", f"open('{folder}/' + P['token'], 'w').write('x')", real=True)
        for folder in ("/tmp", "/var/tmp", "/dev/shm")
    ),
    tries(43, "a file without a name in /tmp", "os.open('/tmp', os.O_TMPFILE | os.O_RDWR)", real=True),
    tries(43, "a folder in /tmp", "os.mkdir('/tmp/' + P['token'])", real=True),
    tries(43, "a link in /tmp", "os.symlink('x', '/tmp/' + P['token'])", real=True),
    tries(43, "a FIFO in /tmp", "os.mkfifo('/tmp/' + P['token'])", real=True),
    tries(
        43,
        "a Unix socket in /tmp",
        "import socket\nsocket.socket(socket.AF_UNIX).bind('/tmp/' + P['token'])",
        real=True,
    ),
    calls(
        44,
        "80 MB of output",
        "value timed_out",
        """
block = b'x' * (1 << 20)
for _ in range(80): os.write(1, block)
return 'done'
""",
    ),
    calls(45, "a reply of 100 MB", "crashed killed", "return ['x' * 60_000] * 2000"),
    calls(45, "a frame that says it has 4 GB", "killed", "os.write(3, b'\\xff' * 4); time.sleep(60)"),
    calls(45, "nesting without end", "value", "x = []\nfor _ in range(10_000): x = [x]\nreturn x"),
    calls(
        45,
        "a frame nested 100,000 deep",
        "killed",
        """
os.write(3, frame('{"id":1,"index":0,"value":' + '[' * 100_000 + ']' * 100_000 + '}')); time.sleep(60)
""",
    ),
    calls(45, "a list that contains itself", "value", "x = []\nx.append(x)\nreturn x"),
    calls(45, "an integer of 100,000 digits", "value", "return 10 ** 100_000"),
    calls(
        45,
        "an array that lies about its shape",
        "killed",
        """
os.write(3, frame('{"id":1,"index":0,"value":{"$":"array","dtype":"float64","shape":[1000000,1000000],'
                  '"at":0,"size":8,"scalar":false}}')); time.sleep(60)
""",
    ),
    calls(
        46,
        "recursion with the limit raised",
        "killed crashed timed_out",
        "sys.setrecursionlimit(10 ** 9)\ng = lambda: g()\ng()",
        seconds=0.5,
    ),
    loads(
        47,
        "an exception that loops when it is printed",
        "timed_out",
        """
class Endless(Exception):
    def __str__(self):
        while True: pass
def f(): raise Endless
""",
        seconds=0.3,
    ),
    loads(
        47,
        "an exception that exits when it is printed",
        "killed",
        """
class Exit(Exception):
    def __str__(self): os._exit(0)
def f(): raise Exit
""",
    ),
    loads(47, "an exception of 10 MB", "crashed", "def f(): raise ValueError('x' * 10_000_000)"),
    calls(48, "read standard input", "crashed", "return input()"),
]

MACHINE = [
    tries(50, "signal the grader", "import signal\nos.kill(P['grader'], signal.SIGUSR1)", real=True),
    tries(50, "signal the zygote", "os.kill(P['zygote'], 0)", real=True),
    tries(50, "signal everybody", "os.kill(-1, 0)", real=True),
    tries(50, "signal one's group", "os.killpg(0, 0)", real=True),
    tries(50, "signal the grader by tgkill", "syscall((234, 131), P['grader'], P['grader'], 10)", real=True),
    tries(
        50,
        "signal the grader by pidfd",
        "import signal\nsignal.pidfd_send_signal(os.pidfd_open(P['grader']), 10)",
        real=True,
    ),
    tries(50, "queue a signal to the grader", "checked(libc.sigqueue(P['grader'], 10, ctypes.c_void_p(0)))", real=True),
    tries(
        50,
        "signal the grader through SIGIO",
        """
import fcntl, socket, signal
one, other = socket.socketpair()
fcntl.fcntl(one, fcntl.F_SETOWN, P['grader']); fcntl.fcntl(one, fcntl.F_SETSIG, signal.SIGUSR1)
fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC); other.send(b'x'); time.sleep(0.05)
""",
        real=True,
    ),
    tries(
        50,
        "signal the grader through FIOSETOWN",
        """
import fcntl, socket
one, other = socket.socketpair()
fcntl.ioctl(one, 0x8901, P['grader'].to_bytes(4, 'little')); fcntl.ioctl(one, 0x5452, (1).to_bytes(4, 'little'))
""",
        real=True,
    ),
    tries(50, "limit the grader", "import resource\nresource.prlimit(P['grader'], resource.RLIMIT_NOFILE, (9, 9))"),
    tries(50, "slow the grader down", "os.setpriority(os.PRIO_PROCESS, P['grader'], 19)"),
    tries(50, "pin the grader to a processor", "os.sched_setaffinity(P['grader'], {0})", real=True),
    tries(50, "outlive the zygote", "checked(libc.prctl(1, 0, 0, 0, 0))", real=True),
    tries(50, "become readable to debuggers", "checked(libc.prctl(4, 1, 0, 0, 0))", real=True),
    tries(51, "become root", "os.setresuid(0, 0, 0)"),
    tries(51, "become somebody else", "os.setresuid(1, 1, 1)"),
    tries(51, "run a setuid program", "os.execv('/usr/bin/passwd', ['passwd', '-S'])"),
    tries(51, "a user namespace", "checked(libc.unshare(0x10000000))"),
    tries(51, "a mount namespace", "checked(libc.unshare(0x00020000))"),
    tries(51, "chroot", "os.chroot('/')"),
    tries(51, "mount", "checked(libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))"),
    tries(52, "bpf", "syscall((321, 280), 0, ctypes.create_string_buffer(120), 120)"),
    tries(52, "perf_event_open", "syscall((298, 241), ctypes.create_string_buffer(120), 0, -1, -1, 0)"),
    tries(52, "userfaultfd", "syscall((323, 282), 1)"),
    tries(52, "keyctl", "syscall((250, 219), 0, -3, 0)"),
    tries(52, "personality", "checked(libc.personality(0x0040000))"),
    tries(52, "a call younger than the list", "syscall(467, 0, 0, 0, 0)\n"),
    tries(52, "push input into a terminal", "import fcntl\nfcntl.ioctl(0, 0x5412, b'x')"),
    loads(
        53,
        "leave something for the next worker",
        "value",
        """
import builtins, numpy
found = getattr(builtins, 'left', None) or getattr(numpy, 'left', None) or os.environ.get('LEFT')
builtins.left = numpy.left = True; os.environ['LEFT'] = '1'
def f(): return 'escaped' if found else 'nothing'
AGAIN = True
""",
    ),
    tries(53, "leave a file at home", "open(os.path.expanduser('~/.' + P['token']), 'w')", must="refused"),
    tries(53, "change the installed numpy", "import numpy\nopen(numpy.__file__, 'a').write('#')"),
    tries(53, "lie in wait as byte code", "import numpy\nos.mkdir(os.path.dirname(numpy.__file__) + '/' + P['token'])"),
    calls(56, "HTML and escape sequences", "value", "return '<script>alert(1)</script>\\x1b]0;x\\x07'"),
    calls(56, "half a character", "value", "return 'a\\ud800b'"),
    calls(56, "half a character in a forged reply", "value", r"""reply('"a\\ud800\\u202e\\u001b[2Jb"')"""),
    calls(56, "a type named for a terminal", "value", "return type('\\x1b]52;c;aGk=\\x07\\u202e', (), {})()"),
    calls(
        56,
        "a forged type named for a terminal",
        "value",
        r"""reply('{"$":"other","type":"\\u001b]52;c;aGk=\\u0007"}')""",
    ),
    calls(56, "a type without any name", "value", "return type('\\u202e' * 60, (), {})()"),
    calls(56, "a key named for a terminal", "value", "return {'\\x1b[2J\\u2066': 1, 'a\\udfff': 2}"),
    calls(
        56,
        "an exception named for a terminal",
        "crashed",
        "raise type('\\x1b[2J\\u202eE', (Exception,), {})('\\x07\\u2028')",
    ),
    calls(
        56,
        "frames and names for a terminal",
        "crashed",
        r"""
data = '{"id":1,"index":0,"fault":"crashed","type":"\\ud800","message":"\\u009b2J","frames":["\\u001b[2J"]}'
os.write(3, frame(data)); time.sleep(60)
""",
    ),
    loads(
        56,
        "a name for a terminal beside the one that is asked for",
        "missing",
        r"""
globals()['f\\x1b[2J\\u202e'] = 1
""",
    ),
]

PRIME = "(2**61 - 1)"
SHARED = """'{"$":"array","dtype":"int8","shape":[500000],"at":0,"size":500000,"scalar":false}'"""
REPLIES = [
    calls(
        45, "arrays that share their bytes", "killed", f"reply('[' + ','.join([{SHARED}] * 5000) + ']', bytes(500_000))"
    ),
    calls(
        45,
        "two arrays that share their bytes",
        "killed",
        f"reply('[' + ','.join([{SHARED}] * 2) + ']', bytes(500_000))",
    ),
    calls(45, "bytes that no array uses", "killed", "reply('1', bytes(1_000_000))"),
    calls(45, "an array of two million items", "value", "import numpy as np\nreturn np.ones(1_900_000, np.int8)"),
    calls(45, "arrays of a megabyte in all", "value", "import numpy as np\nreturn [np.ones(9_000)] * 20"),
    calls(45, "keys of one hash", "timed_out value", f"return {{k * {PRIME}: 0 for k in range(30_000)}}", seconds=0.5),
    calls(45, "a thousand keys of one hash", "value", f"return {{k * {PRIME}: 0 for k in range(1_000)}}"),
    calls(
        45,
        "forged keys of one hash",
        "killed",
        f"""reply('{{"$":"dict","pairs":[' + ','.join('[%d,0]' % (k * {PRIME}) for k in range(30_000)) + ']}}')""",
    ),
    calls(45, "dicts without end", "killed", """reply('[' + ','.join(['{"":0}'] * 130_000) + ']')"""),
    calls(45, "lists without end", "killed", "reply('[' + ','.join(['[]'] * 300_000) + ']')"),
    calls(45, "a list of 300,000", "value", "return [0] * 300_000"),
    calls(45, "a list of lists without end", "value", "return [[0.5] * 1_000] * 1_000"),
    calls(45, "brackets that are not closed", "killed", "reply('[' * 900_000)"),
    calls(45, "a record with a list for fields", "killed", """reply('{"$":"record","fields":[]}')"""),
    calls(45, "a record", "killed", """reply('{"$":"record","fields":{}}')"""),
    calls(45, "a Decimal that is too long to print", "value", "import decimal\nreturn decimal.Decimal('1e4500')"),
    calls(45, "a forged one", "killed", """reply('{"$":"decimal","text":"1e4500"}')"""),
    calls(45, "a Decimal of a gigabyte", "value", "import decimal\nreturn decimal.Decimal('1e999999999')"),
    calls(45, "a signalling NaN", "value", "import decimal\nreturn decimal.Decimal('sNaN')"),
    calls(
        45,
        "a longdouble that is none",
        "killed",
        """reply('{"$":"array","dtype":"longdouble","shape":[],"items":["sNaN"],"scalar":true}')""",
    ),
    calls(45, "an integer that is too long to print", "value", "return 10 ** 4_400"),
    calls(
        45,
        "a Fraction that is too long to print",
        "value",
        "import fractions\nreturn fractions.Fraction(1, 7 ** 9_000)",
    ),
    calls(45, "a text of digits", "value", "return '1' + ',000' * 1_500"),
    calls(45, "constants that are not JSON", "killed", "reply('NaN')"),
    calls(
        45,
        "one byte at a time",
        "timed_out",
        """
os.write(3, (2_000_000).to_bytes(4, 'little'))
while True: os.write(3, b' '); time.sleep(0.001)
""",
        seconds=1.0,
    ),
]

# What an unprivileged user's own processes have, and a worker without a user id of its own would have too.
OTHERS_OF_THE_USER = [
    tries(42, "take a message out of a queue", "checked(libc.msgrcv(P['msg'], (ctypes.c_char * 64)(), 8, 0, 0o4000))"),
    tries(42, "put a message into a queue", "checked(libc.msgsnd(P['msg'], (ctypes.c_long * 2)(1, 1), 8, 0o4000))"),
    tries(42, "remove a queue", "checked(libc.msgctl(P['msg'], 0, None))"),
    tries(42, "look at a queue", "checked(libc.msgctl(P['msg'], 2, (ctypes.c_char * 256)()))"),
    tries(42, "count a semaphore up", "checked(libc.semop(P['sem'], (ctypes.c_short * 3)(0, 1, 0o4000), 1))"),
    tries(42, "read a semaphore", "checked(libc.semctl(P['sem'], 0, 12, 0))"),
    tries(42, "remove semaphores", "checked(libc.semctl(P['sem'], 0, 0, 0))"),
    tries(42, "attach shared memory", "libc.shmat.restype = ctypes.c_long; checked(libc.shmat(P['shm'], None, 0))"),
    tries(42, "remove shared memory", "checked(libc.shmctl(P['shm'], 0, None))"),
    tries(42, "list all shared memory", "checked(libc.shmctl(0, 13, (ctypes.c_char * 256)()))"),
]

LEFT_FOR_THE_NEXT = [
    carries(
        "status flags of standard input",
        "fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)",
        "return 'escaped' if fcntl.fcntl(0, fcntl.F_GETFL) & (os.O_NONBLOCK | os.O_APPEND) else 'nothing'",
    ),
    carries(
        "lock of an open file",
        "fcntl.fcntl(0, 37, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 4711, 1, 0))",
        "fcntl.fcntl(0, 36, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 4711, 1, 0))",
        must="refused",
    ),
    carries(
        "a position in standard input",
        "os.lseek(0, 4711, 0)",
        "return 'escaped %r' % os.lseek(0, 0, 1) * (os.lseek(0, 0, 1) > 0)",
    ),
    carries("environment", "os.environ['LEFT'] = '1'", "return 'escaped' if 'LEFT' in os.environ else 'nothing'"),
    carries(
        "a module", "import numpy; numpy.left = 1", "import numpy; return 'escaped' if hasattr(numpy, 'left') else 'no'"
    ),
    carries(
        "bytes in the pipe for output",
        "os.write(1, b'left'); os.write(3, b'')",
        "return 'escaped %r' % os.read(1, 4)",
        must="refused",
    ),
    carries(
        "a limit",
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (7, 7))",
        "import resource; return 'escaped' if resource.getrlimit(resource.RLIMIT_CPU)[1] == 7 else 'nothing'",
    ),
    carries(
        "a processor of one's own",
        "os.sched_setaffinity(0, {0})",
        "return 'nothing' if len(os.sched_getaffinity(0)) == os.cpu_count() else 'escaped'",
    ),
    *(
        tries(
            53,
            f"lock a library file: {name}",
            f"""
import fcntl, numpy, struct
fd = os.open(numpy.__file__, os.O_RDONLY)
{text}
""",
            real=True,
        )
        for name, text in (
            ("flock", "fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)"),
            ("F_SETLK", "fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)"),
            ("F_SETLKW", "fcntl.lockf(fd, fcntl.LOCK_SH)"),
            ("F_GETLK", "fcntl.fcntl(fd, fcntl.F_GETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))"),
            ("F_OFD_SETLK", "fcntl.fcntl(fd, 37, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))"),
            ("F_OFD_SETLKW", "fcntl.fcntl(fd, 38, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))"),
            ("a lease", "fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)"),
        )
    ),
    tries(
        53,
        "24,000 locks that stay",
        """
import fcntl, struct
for at in range(24_000): fcntl.fcntl(0, 37, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 2 * at, 1, 0))
""",
        real=True,
    ),
    tries(
        53,
        "what is in the page cache: mincore",
        """
start = ctypes.addressof(ctypes.c_char.from_buffer_copy(b'x')) & ~4095
checked(libc.mincore(ctypes.c_void_p(start), ctypes.c_size_t(4096), ctypes.create_string_buffer(8)))
""",
        real=True,
    ),
    tries(
        53,
        "what is in the page cache: preadv2",
        """
import numpy
file = open(numpy.__file__, 'rb'); file.read()
os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
""",
        real=True,
    ),
    tries(
        53,
        "what is in the page cache: cachestat",
        """
import numpy
span, found = (ctypes.c_ulonglong * 2)(0, 4096), (ctypes.c_ulonglong * 5)()
syscall(451, os.open(numpy.__file__, os.O_RDONLY), span, found, 0)
""",
    ),
    tries(
        53,
        "fill the page cache",
        """
import numpy
os.posix_fadvise(os.open(numpy.__file__, os.O_RDONLY), 0, 0, os.POSIX_FADV_WILLNEED)
""",
        real=True,
    ),
]

CALLS = [
    tries(
        52,
        "splice",
        """
one, other = os.pipe(), os.pipe()
os.write(one[1], b'x'); checked(libc.splice(one[0], None, other[1], None, 1, 0))
""",
        real=True,
    ),
    tries(
        52,
        "tee",
        """
one, other = os.pipe(), os.pipe()
os.write(one[1], b'x'); checked(libc.tee(one[0], other[1], 1, 0))
""",
        real=True,
    ),
    tries(
        52,
        "vmsplice",
        """
data = ctypes.create_string_buffer(4096)
checked(libc.vmsplice(os.pipe()[1], (ctypes.c_size_t * 2)(ctypes.addressof(data), 4096), ctypes.c_size_t(1), 0))
""",
        real=True,
    ),
    tries(
        52,
        "sendfile",
        """
import numpy
os.sendfile(os.pipe()[1], os.open(numpy.__file__, os.O_RDONLY), 0, 1)
""",
        real=True,
    ),
    tries(41, "pipes of a megabyte", "import fcntl\nfcntl.fcntl(os.pipe()[1], 1031, 1 << 20)", real=True),
    tries(41, "asynchronous input and output", "syscall((206, 0), 128, ctypes.byref(ctypes.c_ulong()))", real=True),
    tries(
        41,
        "10,000 timers",
        "for _ in range(10_000): checked(libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())))",
        real=True,
    ),
    calls(
        41,
        "the limits of the kernel's memory",
        "value",
        """
import resource
names = 'SIGPENDING MSGQUEUE MEMLOCK CORE FSIZE'.split()
left = [n for n in names if resource.getrlimit(getattr(resource, 'RLIMIT_' + n)) != (0, 0)]
return 'escaped: %r' % left if left else 'nothing'
""",
        real=True,
    ),
    tries(51, "a Landlock ruleset of one's own", "syscall(444, (ctypes.c_ulonglong * 1)(1), 8, 0)"),
    tries(51, "the version of Landlock", "syscall(444, None, 0, 1)"),
    tries(51, "a filter of one's own", "syscall((317, 277), 2, 0, ctypes.byref(ctypes.c_int(0x7fff0000)))", real=True),
    tries(51, "a filter of one's own by prctl", "checked(libc.prctl(22, 1, 0, 0, 0))"),
    tries(
        51,
        "list the mounts",
        "syscall(458, (ctypes.c_ulonglong * 4)(24, 0xFFFFFFFFFFFFFFFF, 0, 0), (ctypes.c_ulonglong * 64)(), 64, 0)",
    ),
    tries(
        51,
        "look at a mount",
        "syscall(457, (ctypes.c_ulonglong * 4)(24, 1, 1, 0), ctypes.create_string_buffer(4096), 4096, 0)",
    ),
    tries(
        24,
        "a descriptor of the grader from the socket",
        """
import socket
socket.socket(fileno=os.dup(3)).getsockopt(socket.SOL_SOCKET, 77)
""",
    ),
    tries(
        24,
        "who is at the other end of the socket",
        """
import socket
socket.socket(fileno=os.dup(3)).getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
""",
    ),
    tries(
        29,
        "a filter on the socket",
        """
import socket
socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, 26, (1).to_bytes(8, 'little') + bytes(8))
""",
    ),
    tries(
        29,
        "the address of the network card",
        """
import fcntl
fcntl.ioctl(3, 0x8927, b'lo'.ljust(40, b'\\0'))
""",
    ),
    *(
        tries(
            1,
            f"ioctl on a library file: {name}",
            f"""
import fcntl, numpy
fcntl.ioctl(os.open(numpy.__file__, os.O_RDONLY), {number}, bytes(64))
""",
        )
        for name, number in (
            ("FS_IOC_GETFLAGS", 0x80086601),
            ("FS_IOC_FSGETXATTR", 0x801C581F),
            ("FIGETBSZ", 2),
            ("FS_IOC_FIEMAP", 0xC020660B),
            ("FICLONE", 0x40049409),
            ("FS_IOC_GETVERSION", 0x80087601),
            ("FS_IOC_GETFSUUID", 0x80111500),
            ("FS_IOC_ENABLE_VERITY", 0x40806685),
            ("none that there is", 0xDEADBEEF),
        )
    ),
    tries(
        1,
        "change the attributes of a file through ioctl",
        """
import fcntl, numpy
fcntl.ioctl(os.open(numpy.__file__, os.O_RDONLY), 0x40086602, bytes(8))
""",
    ),
    tries(1, "read extended attributes", "import numpy\nos.listxattr(numpy.__file__)", real=True),
    tries(43, "flush all disks", "checked(libc.syncfs(0))", real=True),
    tries(50, "run on another schedule", "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))", real=True),
    tries(50, "ask for a signal when the zygote ends", "checked(libc.prctl(1, 10, 0, 0, 0))", real=True),
    tries(50, "name who may trace it", "checked(libc.prctl(0x59616D61, -1, 0, 0, 0))"),
    calls(
        40,
        "5,000 threads of small stacks",
        "killed refused",
        """
import threading
threading.stack_size(32768)
try:
    for _ in range(5_000): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
except RuntimeError: return 'refused at %d' % threading.active_count() if threading.active_count() < 70 else 'escaped'
return 'escaped'
""",
    ),
]

LAWFUL = [
    calls(
        0,
        "lazy imports, threads, asyncio, linear algebra, warnings, printing",
        "value",
        """
import asyncio, colorsys, concurrent.futures, decimal, fractions, functools, itertools, random, statistics, warnings
import numpy as np
with concurrent.futures.ThreadPoolExecutor(4) as pool: total = sum(pool.map(abs, range(100)))
async def g(): await asyncio.sleep(0.001); return 1
assert asyncio.run(g()) == 1 and total == 4950
assert np.allclose(np.linalg.svd(np.eye(5))[1], 1) and np.random.default_rng(1).random() < 1
warnings.warn('once'); print('hello', file=sys.stderr); random.random(); os.urandom(8)
import numpy.polynomial, numpy.fft, hashlib, ssl, zoneinfo
assert len(hashlib.sha256(b'x').hexdigest()) == 64
return 'fine'
""",
    ),
]

ATTACKS = [*LAWFUL, *FORGE, *READ, *SHADOW, *EXHAUST, *MACHINE, *REPLIES]
ATTACKS += [*OTHERS_OF_THE_USER, *LEFT_FOR_THE_NEXT, *CALLS]

# Tried by other hands than those that wrote the defence.
CONVERTED = [
    calls(
        10,
        "an array that is another one each time it is asked",
        "value",
        """
import numpy as np
class A:
    n = 0
    def __array__(self, dtype=None, copy=None): A.n += 1; return np.full(A.n, 1.0)
return A()
""",
    ),
    calls(
        10,
        "an array subclass whose bytes and shape lie",
        "value crashed",
        """
import numpy as np
class A(np.ndarray):
    shape = property(lambda self: (1 << 40,)); nbytes = 8; size = -1; ndim = 1
    def tobytes(self, order=None): return b'x' * 3_000_000
    def __array_finalize__(self, other): pass
return np.ones(3).view(A)
""",
    ),
    calls(
        10,
        "a mapping without end",
        "killed timed_out",
        """
import collections.abc
class M(collections.abc.Mapping):
    def __getitem__(self, key): return 1
    def __len__(self): return 1
    def __iter__(self): return iter(())
    def items(self):
        n = 0
        while True: n += 1; yield n, bytes(1_000)
return M()
""",
        seconds=2.0,
    ),
    calls(
        10,
        "labels that are keyed for ever",
        "killed timed_out",
        """
class S:
    ndim = 1
    def __array__(self, dtype=None, copy=None): raise ValueError('none')
    def keys(self):
        while True: yield 'k'
return S()
""",
        seconds=2.0,
    ),
    calls(
        10,
        "a length below nothing",
        "crashed value",
        """
class L:
    def __len__(self): return -5
    def __getitem__(self, at): return L()
return L()
""",
    ),
    calls(
        10,
        "a text that is another text when it is asked",
        "value",
        """
class T(str):
    def __str__(self): return 'other'
    def __getitem__(self, at): return T('x' * 9_000_000)
    def encode(self, *how): return b'\\\\x1b[2J' * 9
    def __len__(self): return 10 ** 9
return {T('k\\x1b'): T('v\\u202e')}
""",
    ),
    calls(
        10,
        "a metaclass whose name is no text",
        "value crashed",
        """
class M(type):
    __name__ = property(lambda cls: open)
return M('K', (), {})()
""",
    ),
    calls(
        10,
        "a metaclass whose name ends the process",
        "killed",
        """
class M(type):
    @property
    def __name__(cls): raise SystemExit('\\x1b[2J\\u202e' * 9_000)
return M('K', (), {})()
""",
    ),
    calls(
        10,
        "a metaclass whose name is long and for a terminal",
        "value",
        """
class N(str): __getitem__ = lambda self, at: '\\x1b]0;x\\x07\\u202e' * 10_000
class M(type):
    __name__ = property(lambda cls: N('x'))
return M('K', (), {})()
""",
    ),
    calls(
        10,
        "a number that interrupts when it is converted",
        "crashed killed",
        """
class F:
    def __float__(self): raise KeyboardInterrupt('\\x07' * 9)
return [F()]
""",
    ),
    calls(
        10,
        "a number that says that it is not implemented",
        "unanswered",
        """
class F:
    def __float__(self): raise NotImplementedError
return F()
""",
    ),
    calls(
        10,
        "a class that lies about what it is",
        "value crashed",
        """
class C:
    __class__ = property(lambda self: dict)
    def items(self): return [(C(), C())] * 3
return [C(), {C(): C()}]
""",
    ),
    calls(
        10,
        "a type of numpy with a name for a terminal",
        "value",
        """
import numpy as np
return np.zeros(2, np.dtype([('\\x1b[2J\\u202e' * 50, 'f8')]))
""",
    ),
    calls(
        47,
        "a traceback that has no end",
        "timed_out crashed",
        """
class E(Exception):
    @property
    def __traceback__(self): return self
    tb_next = property(lambda self: self)
    tb_frame = property(lambda self: sys._getframe())
    tb_lineno = 1
raise E
""",
        seconds=1.0,
    ),
    calls(
        47,
        "a traceback that names lines beyond the file",
        "crashed",
        """
exec(compile('\\n' * 5_000_000 + 'raise ValueError', 'answers.py', 'exec'))
""",
    ),
    calls(
        47,
        "a syntax error that lies about its place",
        "crashed",
        """
error = SyntaxError('no')
error.filename, error.lineno, error.text = 'answers.py', -(10 ** 4_000), '\\x1b[2J' * 100_000
raise error
""",
    ),
    calls(
        47,
        "exceptions in one another without end",
        "crashed",
        """
error = ValueError('a')
for _ in range(50_000): error = ExceptionGroup('g', [error]) if sys.version_info > (3, 11) else ValueError(error)
error.__cause__ = error
raise error
""",
    ),
    loads(
        9,
        "the worker's own modules replaced before a row is read",
        "value crashed killed",
        """
from autograder.sandbox import conversion, decoding, literals, loading, values, wire, worker
for module in (conversion, decoding, literals, loading, values, wire, worker):
    for name in list(vars(module)):
        if callable(getattr(module, name)): setattr(module, name, lambda *a, **k: ('forged', 'forged'))
def f(): return 1
""",
    ),
    loads(
        9,
        "the encoder replaced by one that shares an array's bytes",
        "killed",
        """
frame = sys._getframe()  # no import finds the engine; whoever called us holds it
while 'wire' not in frame.f_globals: frame = frame.f_back
wire = frame.f_globals['wire']
def pack(header, blobs=b'', limit=0):
    one = '{"$":"array","dtype":"int8","shape":[9],"at":0,"size":9,"scalar":false}'
    head = ('{"id":1,"index":0,"value":[' + one + ',' + one + ']}').encode()
    return wire._LENGTHS.pack(4 + len(head) + 9, len(head)) + head + bytes(9)
def f(): wire.pack = pack; return 1
""",
    ),
    loads(
        9,
        "every function that is left is traced",
        "killed value",
        """
def trace(frame, event, argument):
    for name in ('reply', 'header', 'value'):
        if name in frame.f_locals and frame.f_code.co_name == 'send': frame.f_locals[name]['index'] = 7
    return trace
sys.settrace(trace)
def f(): return 1
""",
    ),
    loads(
        45,
        "one fault behind 5,000 names",
        "crashed value",
        """
names = ','.join('"%x":0' % n for n in range(5_000)) + ',"f":0'
data = '{"id":0,"loaded":true,"skipped":[{"fault":"crashed","message":"%s"}],"broken":{%s}}'
os.write(3, frame(data % ('m\\\\n' * 300_000, names)))
def f(): return 1
""",
    ),
    loads(
        45,
        "20,000 statements, the first of which raises",
        "value timed_out killed",
        """
raise ValueError
"""
        + "x = 1\n" * 20_000
        + "\ndef f(): return x\n",
    ),
    loads(
        37,
        "forty-nine slow statements that raise",
        "timed_out killed",
        "raise ValueError\n"
        + """
while time.sleep(0.2) or 1 / 0: pass
"""
        * 48
        + "def f(): return 1\n",
        seconds=3.0,
    ),
]

WAITING = [
    loads(
        28,
        "what a process that stood still sent while it did",
        "killed value",
        """
RESTS = True
import threading
def send():
    while True:
        time.sleep(0.001)
        if hasattr(f, 'told'): os.write(3, frame('{"id":2,"index":0,"value":2}'))
def f():
    threading.Thread(target=send, daemon=True).start(); f.told = time.monotonic(); return 1
""",
    ),
    loads(
        28,
        "a timer of a process that stands still",
        "killed value",
        """
RESTS = True
import signal
def f(): signal.signal(signal.SIGALRM, lambda *_: os.write(3, frame('[]'))); signal.setitimer(0, 0.01, 0.001); return 1
""",
    ),
    loads(
        28,
        "a process that sleeps while it stands still",
        "value",
        """
RESTS = True
import threading
def f():
    if not hasattr(f, 'count'):
        f.count = 0
        def run():
            while True: f.count += 1; time.sleep(0.001)
        threading.Thread(target=run, daemon=True).start(); return 1
    before = f.count
    return 'escaped' if before > 900 else 1
""",
    ),
    loads(
        28,
        "signals blocked so that it cannot be stopped",
        "value",
        """
RESTS = True
import signal
def f(): signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); return 1
""",
    ),
    loads(
        28,
        "a socket that is shut on one side before it rests",
        "value killed",
        """
RESTS = True
import socket
def f(): socket.socket(fileno=os.dup(3)).shutdown(socket.SHUT_RD); return 1
""",
        seconds=1.0,
    ),
    loads(
        37,
        "output that is closed for good",
        "value",
        """
AGAIN = True
def f():
    for at in (1, 2):
        try: os.close(at)
        except OSError: pass
    time.sleep(0.3); return 1
""",
    ),
    calls(
        48,
        "output without end while it answers",
        "value timed_out",
        """
import threading
threading.Thread(target=lambda: [os.write(1, b'\\x1b[2J' * 20_000) for _ in range(10 ** 9)], daemon=True).start()
time.sleep(0.3)
return 1
""",
        seconds=2.0,
    ),
    calls(
        45,
        "a frame that comes a byte at a time, without a pause",
        "timed_out",
        """
os.write(3, (2_000_000).to_bytes(4, 'little'))
while True: os.write(3, b' ')
""",
        seconds=0.5,
    ),
]

DEEPER = [
    calls(
        51,
        "a call of 32 bits from machine code of its own",
        "killed refused",
        """
if platform.machine() != 'x86_64': return 'refused: no such calls'
import mmap
code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, 7)
code.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')  # mov eax, 20 (getpid of i386); int 0x80; ret
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
return 'escaped' if run() > 0 else 'refused'
""",
    ),
    tries(51, "the numbers of x32", "syscall(0x40000000 + 39)", must="refused killed"),
    tries(51, "a number whose upper half is not empty", "syscall((1 << 32) + 57)"),
    tries(51, "a socket by a call with an upper half in its number", "syscall((1 << 32) + 41, 2, 1, 0)"),
    tries(
        1,
        "a hint on what is written to a file",
        """
import fcntl, numpy
fcntl.fcntl(os.open(numpy.__file__, os.O_RDONLY), 1036, (5).to_bytes(8, 'little'))
""",
        real=True,
    ),
    tries(53, "the times of a library file", "import numpy\nos.utime(numpy.__file__, (1, 1))"),
    tries(
        53, "pages that the kernel merges with others'", "checked(libc.madvise(ctypes.c_void_p(0), 0, 12))", real=True
    ),
    tries(53, "all pages merged", "checked(libc.prctl(67, 1, 0, 0, 0))"),
    tries(53, "pages that are thrown out of memory", "checked(libc.madvise(ctypes.c_void_p(0), 0, 21))", real=True),
    tries(50, "the score of the one that is killed first", "open('/proc/self/oom_score_adj', 'w').write('-1000')"),
    tries(50, "the score of the grader", "open('/proc/%d/oom_score_adj' % P['grader'], 'w').write('1000')"),
    tries(24, "the file that the grader runs", "os.readlink('/proc/%d/exe' % P['grader'])"),
    tries(24, "where the grader is", "os.listdir('/proc/%d/cwd' % P['grader'])"),
    tries(24, "the other end of the socket through /proc", "open('/proc/self/fd/3', 'rb').read(1)"),
    tries(50, "the name of the machine's core files", "open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh')"),
    tries(50, "a wake-up alarm of the machine", "checked(libc.timerfd_create(9, 0))"),
    tries(29, "an address of one's own on the socket", "import socket\nsocket.socket(fileno=os.dup(3)).bind('\\0x')"),
    tries(
        29,
        "a larger buffer in the kernel",
        """
import socket
socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 26)
""",
        real=True,
    ),
    tries(1, "a trace of the kernel", "open('/sys/kernel/tracing/trace_marker', 'w').write('x')"),
    tries(
        2,
        "a program that runs when the file is imported",
        "open(os.path.dirname(os.__file__) + '/sitecustomize.py', 'a')",
    ),
]
ATTACKS += [*CONVERTED, *WAITING, *DEEPER]
