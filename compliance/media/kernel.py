"""The few calls into the kernel that Python does not offer, by way of the C library."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from compliance.errors import MediaError


class Unavailable(MediaError):
    """The kernel refuses or lacks a mechanism; the message says which and why."""


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, name: str) -> int:
    if result < 0:
        raise Unavailable(f"{name}: {os.strerror(ctypes.get_errno())}")
    return result


def prctl(option: int, value: int, argument: Any = 0) -> int:
    """Call ``prctl(2)``; raise :class:`Unavailable` where it fails."""
    return _checked(_library().prctl(option, value, argument, 0, 0), f"prctl({option})")


def syscall(name: str, number: int, *arguments: Any) -> int:
    """Call a system call by its number; raise :class:`Unavailable` with its ``name`` where it fails."""
    return _checked(_library().syscall(ctypes.c_long(number), *arguments), name)


def unshare(flags: int) -> None:
    """Call ``unshare(2)``; raise :class:`Unavailable` where it fails."""
    _checked(_library().unshare(flags), "unshare")
