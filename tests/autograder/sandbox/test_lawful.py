"""What lawful code does is allowed: the list of system calls must not take away what Python and numpy need."""

from __future__ import annotations

import pkgutil
import sys
from contextlib import closing

import pytest

from autograder.sandbox.jail import Jail
from tests.autograder.students import program, reply

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")
LAWFUL = """
import select, selectors; selectors.DefaultSelector().close(); select.select([], [], [], 0); select.poll().poll(1)
import socket; a, b = socket.socketpair(); a.setblocking(False); b.send(b'x'); a.recv(1); a.getsockname(); a.shutdown(2)
import mmap; m = mmap.mmap(-1, 4096); m[0] = 1; m.flush(); m.resize(8192); m.close()
import mmap; f = open(mmap.__file__, 'rb'); mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:3]
import os; os.stat('/'); os.listdir(os.path.dirname(os.__file__)); os.getcwd(); os.umask(7); os.access('/', 4)
import os; os.cpu_count(); os.sched_getaffinity(0); os.getpriority(0, 0); os.getpgid(0); os.getsid(0); os.uname()
import os; r, w = os.pipe(); os.set_blocking(r, False); os.set_inheritable(r, True); os.dup(r); os.isatty(r)
import os; r, w = os.pipe(); os.write(w, b'x'); os.readv(r, [bytearray(1)]); os.fstat(r); os.eventfd(0); os.getrandom(4)
import os; f = os.open(os.__file__, 0); os.pread(f, 5, 0); os.preadv(f, [bytearray(3)], 0); os.lseek(f, 0, 2)
import fcntl; fcntl.fcntl(0, fcntl.F_GETFL); fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 9)
import shutil, locale, platform; shutil.get_terminal_size(); locale.getpreferredencoding(); platform.platform()
import uuid, secrets, random; uuid.uuid4(); secrets.token_hex(); random.random()
import datetime, zoneinfo; datetime.datetime.now().astimezone(); zoneinfo.ZoneInfo('Europe/Vienna')
import faulthandler; faulthandler.enable(); faulthandler.dump_traceback_later(10)
import signal as s; s.signal(s.SIGALRM, lambda *a: 0); s.setitimer(0, 0.01, 0.01); s.pause(); s.setitimer(0, 0)
import signal; signal.alarm(1); signal.alarm(0); signal.pthread_sigmask(0, []); signal.sigpending()
import tracemalloc, gc; tracemalloc.start(); tracemalloc.take_snapshot(); gc.collect()
import threading; t = threading.Timer(0.001, abs, (1,)); t.start(); t.join(); threading.Event().wait(0.001)
import concurrent.futures as c; list(c.ThreadPoolExecutor(3).map(abs, range(9)))
import queue, threading; q = queue.Queue(); threading.Thread(target=q.put, args=(1,)).start(); q.get(timeout=1)
import asyncio; asyncio.run(asyncio.to_thread(abs, 1)); asyncio.run(asyncio.wait_for(asyncio.sleep(0), 1))
import resource; resource.getrusage(0); resource.getrlimit(7); resource.setrlimit(resource.RLIMIT_NOFILE, (32, 64))
import time; time.process_time(); time.thread_time(); time.sleep(0.001); time.perf_counter_ns(); time.localtime()
import numpy as n; n.random.default_rng().random(3); n.linalg.eig(n.eye(5)); n.fft.fft(n.ones(1000))
import numpy as n; n.ones((2000, 2000)) @ n.ones((2000, 10)); n.ones(1 << 22).sum(); n.linalg.svd(n.eye(9))
import cProfile, timeit; timeit.timeit('1+1', number=10); cProfile.Profile().runcall(abs, 1)
import logging, warnings; logging.warning('x'); warnings.warn('x'); print('x', flush=True)
import ctypes; ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)(); ctypes.CDLL(None)
import ssl, hashlib, sqlite3; hashlib.blake2b(b'x'); ssl.create_default_context(); sqlite3.connect(':memory:')
import inspect, ast, importlib.metadata as m; inspect.getsource(ast.parse); m.version('numpy')
""".strip().splitlines()
# What cannot be imported here needs a library that need not be installed, or opens a browser; the last is for iOS only.
SKIPPED = {"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo", "curses", "dbm", "readline", "test"}
SKIPPED.add("_ios_support")
MODULES = sorted(m.name for m in pkgutil.iter_modules() if m.name in sys.stdlib_module_names and m.name not in SKIPPED)
TEXT = """
def run(statements):
    try: exec(statements, {"__name__": "lawful"})
    except PermissionError as error: return repr(error)
    except Exception as error: return repr(error) if not isinstance(error, ImportError) else ""
    return ""
def imports(names):
    return [found for found in (run("import " + name) for name in names.split()) if found]
"""


def asked(jail: Jail, function: str, argument: str) -> object:
    """What a function of TEXT returns in a worker of its own."""
    with closing(jail.start(program(TEXT))) as worker:
        worker.receive(5)
        return reply(worker, function, argument, seconds=20)["value"]


@pytest.mark.parametrize("statements", LAWFUL)
def test_lawful_code_runs(statements: str, jail: Jail) -> None:
    assert asked(jail, "run", statements) == ""


def test_the_whole_standard_library_can_be_imported(jail: Jail) -> None:
    assert len(MODULES) > 150
    assert asked(jail, "imports", " ".join(MODULES)) == []
