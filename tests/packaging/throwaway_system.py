"""A throw-away Debian in a folder, for running Gradescope's two scripts where they cannot harm this machine.

Theory of operation. debootstrap makes a minimal system once per suite and keeps it as a tar file in a folder that only
root can write; `unpack` makes a fresh copy for each image. A command runs in the copy by chroot, inside mount, PID and
(unless the network is asked for) network namespaces of its own: /proc and /dev are mounted in there only, so they and
every process left over are gone when the command ends, even if the test run is killed.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

CACHE = Path("/var/tmp/homework3-autograder-systems")

# $1 is the system's folder, the rest the command. Device nodes are lent by this machine, since mknod may be refused.
ENTER = """
set -eu
root=$1
shift
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
exec chroot "$root" /bin/sh -c 'cd /autograder && exec "$@"' sh "$@"
"""

# glibc and the loader belong to the system itself.
OWN_LIBRARIES = ("ld-linux", "libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libutil.so", "linux-vdso")


@functools.cache
def why_not() -> str | None:
    """Why no throw-away system can be made here, or None."""
    if os.geteuid() != 0:
        return "needs root (chroot)"
    missing = [tool for tool in ("debootstrap", "unshare", "chroot", "mount", "tar") if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    trial = ["unshare", "--mount", "--pid", "--fork", "--net", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if subprocess.run(trial, capture_output=True, check=False).returncode:
        return "needs the right to make namespaces and to mount in them"
    return None


@dataclass(frozen=True)
class System:
    """A Debian unpacked in `path`, its Gradescope folder at `path`/autograder."""

    path: Path

    @property
    def autograder(self) -> Path:
        return self.path / "autograder"

    def run(
        self, *command: str, env: dict[str, str] | None = None, network: bool = False, seconds: float = 180
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in it as root, from /autograder; stderr comes with stdout, as Gradescope keeps it."""
        isolate = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        return subprocess.run(
            [*isolate, "/bin/sh", "-c", ENTER, "sh", str(self.path), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root",
                **(env or {}),
            },
        )


def unpack(suite: str, folder: Path) -> System:
    """A fresh system of this suite ("bookworm") with Python and its venv package, in the new folder `folder`."""
    packed = _packed(suite)
    folder.mkdir(mode=0o755)
    subprocess.run(["tar", "-xpf", packed, "-C", folder, "--numeric-owner"], check=True)
    system = System(folder)
    system.autograder.mkdir()
    return system


def _packed(suite: str) -> Path:
    CACHE.mkdir(mode=0o700, exist_ok=True)
    owner = CACHE.lstat()
    if not stat.S_ISDIR(owner.st_mode) or owner.st_uid != 0 or owner.st_mode & 0o022:
        raise PermissionError(f"{CACHE} is not a folder that only root can write")
    packed = CACHE / f"{suite}.tar"
    with open(CACHE / f"{suite}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not packed.exists():
            _debootstrap(suite, packed)
    return packed


def _debootstrap(suite: str, packed: Path) -> None:
    folder = CACHE / f"{suite}.new"
    shutil.rmtree(folder, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", "--include=python3,python3-venv", suite, str(folder)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False
    )
    try:
        if done.returncode:
            raise RuntimeError(f"debootstrap {suite} failed:\n" + "\n".join(done.stdout.splitlines()[-15:]))
        part = packed.with_suffix(".part")
        skip = ["--exclude=./var/cache/apt/archives/*.deb", "--exclude=./var/lib/apt/lists/*", "--exclude=./dev/*"]
        subprocess.run(["tar", "-cf", part, "--numeric-owner", *skip, "-C", folder, "."], check=True)
        part.rename(packed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replace_system_python(system: System, interpreter: Path) -> None:
    """Makes this machine's `interpreter` (a Python built under a prefix of its own) the only python3 of the system."""
    for old in (system.path / "usr/bin").glob("python3*"):
        old.unlink()
    prefix = interpreter.resolve().parent.parent
    home = system.path / "opt/python"
    skip = shutil.ignore_patterns("test", "idlelib", "site-packages", "__pycache__", "*.a", "share", "include")
    shutil.copytree(prefix, home, symlinks=True, ignore=skip)
    next(home.glob("lib/python3.*")).joinpath("site-packages").mkdir()
    _copy_libraries(system, [home / "bin" / interpreter.resolve().name, *home.rglob("lib-dynload/*.so")])
    (system.path / "usr/bin/python3").symlink_to(f"/opt/python/bin/{interpreter.resolve().name}")


def _copy_libraries(system: System, binaries: list[Path]) -> None:
    """Copies the shared libraries that these need on this machine, and tells the system's loader of them."""
    libraries = system.path / "opt/python/lib/needed"
    libraries.mkdir()
    listing = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False).stdout
    for line in listing.splitlines():
        _, arrow, target = line.partition("=> /")
        path = Path("/" + target.split(" (")[0])
        if arrow and not path.name.startswith(OWN_LIBRARIES):
            shutil.copy2(path, libraries / path.name)
    (system.path / "etc/ld.so.conf.d/python.conf").write_text("/opt/python/lib/needed\n/opt/python/lib\n")
    subprocess.run(["chroot", system.path, "/sbin/ldconfig"], check=True)


def lend_network_settings(system: System) -> dict[str, str]:
    """Lets the system's pip reach what this machine's pip reaches; returns the environment variables for it.

    Everything is found on this machine when the test runs: pip's settings, the certificates, the proxies.
    """
    shutil.copy2("/etc/resolv.conf", system.path / "etc/resolv.conf")
    wanted = (
        "PIP_",
        "SSL_CERT_",
        "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    )
    settings = {name: value for name, value in os.environ.items() if name.startswith(wanted)}
    listing = subprocess.run(["python3", "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    for line in listing.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in ("global", "install"):
            settings[f"PIP_{option.upper().replace('-', '_')}"] = value.strip("'")
    for value in settings.values():
        if value.startswith("/") and Path(value).is_file():
            copy = system.path / value.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(value, copy)
    return settings


def remove_package(system: System, *packages: str) -> None:
    subprocess.run(
        ["chroot", system.path, "dpkg", "--purge", "--force-depends", *packages], capture_output=True, check=True
    )
