"""The system calls that a decoder needs once its libraries are loaded; the kernel refuses all others.

A classic BPF program of the form that ``seccomp(2)`` describes. Numbers come from the kernel's tables
``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h``.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from compliance.media.kernel import Unavailable, prctl

_LOAD, _EQUAL, _SET, _RETURN = 0x20, 0x15, 0x45, 0x06  # LD|W|ABS, JMP|JEQ|K, JMP|JSET|K, RET|K
_NUMBER_AT, _ARCH_AT, _PROTECTION_AT = 0, 4, 32  # offsets in struct seccomp_data; third argument
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_PROT_EXEC = 4
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_X86_64 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "munmap": 11, "brk": 12, "rt_sigaction": 13,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "sched_yield": 24, "mremap": 25,
    "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60, "sigaltstack": 131, "gettid": 186,
    "futex": 202, "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229,
    "clock_nanosleep": 230, "exit_group": 231, "getrandom": 318, "rseq": 334,
    "mmap": 9, "mprotect": 10,
}  # fmt: skip
_AARCH64 = {
    "read": 63, "write": 64, "close": 57, "fstat": 80, "munmap": 215, "brk": 214,
    "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "pread64": 67,
    "sched_yield": 124, "mremap": 216, "madvise": 233, "nanosleep": 101, "getpid": 172, "exit": 93,
    "sigaltstack": 132, "gettid": 178, "futex": 98, "restart_syscall": 128, "clock_gettime": 113,
    "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94, "getrandom": 278, "rseq": 293,
    "mmap": 222, "mprotect": 226,
}  # fmt: skip
_MACHINES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}
_MAPPING = ("mmap", "mprotect")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def program(machine: str) -> bytes:
    """Return the BPF program for ``machine``: allow the list, refuse the rest with EPERM.

    Mapping memory is allowed unless it would be executable. A call made for another architecture than
    ``machine`` kills the process.

    Raises:
        Unavailable: there is no list for this kind of machine.
    """
    if machine not in _MACHINES:
        raise Unavailable(f"no list of system calls for {machine}")
    arch, numbers = _MACHINES[machine]
    plain = [number for name, number in numbers.items() if name not in _MAPPING]
    mapping = [numbers[name] for name in _MAPPING]
    allow_at = len(plain) + len(mapping) + 1  # counted from the first comparison
    steps = [(_LOAD, 0, 0, _ARCH_AT), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL)]
    steps.append((_LOAD, 0, 0, _NUMBER_AT))
    for i, number in enumerate(plain):
        steps.append((_EQUAL, allow_at - i - 1, 0, number))
    for i, number in enumerate(mapping, len(plain)):
        steps.append((_EQUAL, allow_at + 1 - i - 1, 0, number))
    steps += [
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _PROTECTION_AT),
        (_SET, 0, 1, _PROT_EXEC),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def install() -> None:
    """Filter the system calls of this process from now on; cannot be undone.

    Raises:
        Unavailable: the kernel or the machine has no such filter.
    """
    code = program(platform.machine())
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(_Program(len(code) // 8, code)))
