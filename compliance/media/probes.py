"""What a decoder that was taken over would try first. Run inside a contained process, all must fail."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
from collections.abc import Callable


def attempts() -> dict[str, Callable[[], object]]:
    """Return what is tried, by name; each raises ``OSError`` or ``ValueError`` where it is refused."""
    return {
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "read /etc/passwd": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "list a folder": lambda: os.listdir("/"),
        "write a file": lambda: os.open("/tmp/probe", os.O_WRONLY | os.O_CREAT, 0o600),
        "run a program": lambda: os.execv("/bin/true", ["true"]),
        "start a process": _fork,
        "trace its parent": _trace,
        "signal its parent": lambda: os.kill(os.getppid(), signal.SIGCONT),
        "map executable memory": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
        "make an anonymous file": lambda: os.memfd_create("probe"),
        "read secrets of the environment": _environment,
    }


def succeeded() -> list[str]:
    """Try everything; return the names of what worked, which should be none."""
    worked = []
    for name, attempt in attempts().items():
        try:
            attempt()
        except (OSError, ValueError):
            continue
        worked.append(name)
    return worked


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _trace() -> None:
    if ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0) < 0:  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "ptrace")


def _environment() -> None:
    if not os.environ:
        raise OSError("empty")
