"""Give up, for good, everything that a decoder does not need. Runs in the decoder process.

Each mechanism stands alone, so that where the kernel at hand lacks one the others still hold; what it lacks
is returned, and the verdict names it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from collections.abc import Callable

from compliance.media import seccomp
from compliance.media.kernel import Unavailable, prctl, syscall, unshare

_NO_NEW_PRIVILEGES = 38  # prctl option
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of sched.h
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT, _LANDLOCK_VERSION = 444, 446, 1
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Number of file-system rights by Landlock ABI version; later versions have as many as the fifth."""


def contain(memory_bytes: int, cpu_seconds: int) -> tuple[str, ...]:
    """Confine this process.

    Args:
        memory_bytes: address space it may add to what it has now.
        cpu_seconds: CPU time after which the kernel kills it.

    Returns:
        One sentence for each mechanism that could not be had.
    """
    address_space = _mapped_bytes() + memory_bytes
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("a network namespace of its own", lambda: unshare(_NEW_USER | _NEW_NETWORK)),
        ("a promise of no new privileges", _renounce),
        ("Landlock, which closes the file system", _close_files),
        (
            "limits on memory, CPU time, files and processes",
            lambda: _limit(address_space, cpu_seconds),
        ),
        ("seccomp, which refuses system calls", seccomp.install),
    )
    missing = []
    for name, step in steps:
        try:
            step()
        except (Unavailable, OSError, ValueError) as error:
            missing.append(f"The decoder ran without {name} ({str(error).rstrip('.')}).")
    return tuple(missing)


def _renounce() -> None:
    prctl(_NO_NEW_PRIVILEGES, 1)


def _mapped_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _limit(address_space: int, cpu_seconds: int) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def _close_files() -> None:
    """Handle every right that the kernel knows and grant none of them."""
    version = syscall("landlock_create_ruleset", _LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    network = 0b11 if version >= 4 else 0  # bind and connect
    scopes = 0b11 if version >= 6 else 0  # abstract sockets and signals to other processes
    words = (rights, network, scopes)[: 1 + (version >= 4) + (version >= 6)]
    rules = struct.pack(f"={len(words)}Q", *words)
    ruleset = syscall(
        "landlock_create_ruleset",
        _LANDLOCK_CREATE,
        ctypes.c_char_p(rules),
        ctypes.c_size_t(len(rules)),
        0,
    )
    try:
        syscall("landlock_restrict_self", _LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
