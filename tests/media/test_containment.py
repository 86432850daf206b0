"""What a decoder can still do once contained, asked of a real one."""

import json
import subprocess
import sys

import pytest

from compliance.media import probes
from compliance.media.kernel import Unavailable
from compliance.media.seccomp import program
from compliance.media.selftest import self_test

UNCONTAINED = """
import json
from compliance.media import probes
worked = []
for name, attempt in probes.attempts().items():
    if name != "run a program":
        try:
            attempt()
            worked.append(name)
        except OSError:
            pass
print(json.dumps(worked))
"""


def test_a_contained_decoder_can_do_nothing_that_is_tried() -> None:
    gaps = self_test()
    missing = [gap for gap in gaps if gap.startswith("The decoder ran without")]
    assert missing or gaps == ()
    assert len(probes.attempts()) >= 10


def test_the_probes_do_work_where_nothing_is_contained() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNCONTAINED], capture_output=True, text=True, check=True
    )
    worked = json.loads(done.stdout)
    for name in ("open a socket", "read /etc/passwd", "write a file", "start a process"):
        assert name in worked


def test_strict_containment_refuses_where_something_is_missing(still_video) -> None:
    """A process that may not use Landlock stands for a kernel that has none."""
    script = f"""
import ctypes, struct
from pathlib import Path
from compliance.media import seccomp
from compliance.media.kernel import prctl
from compliance.media.decode import MediaReader
from compliance.media.limits import DecodeLimits
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, 444), (6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)]
code = b"".join(struct.pack("HBBI", *step) for step in steps)
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))
prctl(38, 1)
prctl(22, 2, ctypes.byref(Program(len(steps), code)))
for strict in (False, True):
    with MediaReader(Path({str(still_video)!r}), DecodeLimits(strict_sandbox=strict)) as reader:
        for frame in reader.frames():
            frame.release()
    print(reader.summary.complete, reader.summary.frames_seen, "Landlock" in reader.summary.containment[0])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["True 60 True", "False 0 True"], done.stderr


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_refuses_what_is_not_listed(machine: str) -> None:
    """Run the program as the kernel would, for both kinds of machine."""
    import struct

    def verdict(number: int, arch: int, protection: int = 0) -> int:
        data = struct.pack("<IIQ6Q", number, arch, 0, 0, 0, protection, 0, 0, 0)
        steps = [struct.unpack("HBBI", code[i : i + 8]) for i in range(0, len(code), 8)]
        at, accumulator = 0, 0
        while True:
            operation, yes, no, k = steps[at]
            at += 1
            if operation == 0x20:
                (accumulator,) = struct.unpack_from("<I", data, k)
            elif operation == 0x15:
                at += yes if accumulator == k else no
            elif operation == 0x45:
                at += yes if accumulator & k else no
            else:
                return int(k)

    code = program(machine)
    arch, read, mmap, socket, execve = {
        "x86_64": (0xC000003E, 0, 9, 41, 59),
        "aarch64": (0xC00000B7, 63, 222, 198, 221),
    }[machine]
    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000
    assert verdict(read, arch) == allow
    assert verdict(mmap, arch, protection=3) == allow
    assert verdict(mmap, arch, protection=5) == refuse
    assert {verdict(n, arch) for n in (socket, execve, 444, 1 << 30 | read)} == {refuse}
    assert verdict(read, 0x40000003) == kill


def test_an_unknown_machine_is_said_to_have_no_filter() -> None:
    with pytest.raises(Unavailable, match="riscv64"):
        program("riscv64")
