"""Running our command in a process of its own, without any network."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

# Connections within one machine's processes (AF_UNIX) are how the decoder talks; the network is not.
NO_NETWORK = """
import socket, sys
real = socket.socket
class Blocked(real):
    def __init__(self, family=-1, *rest, **options):
        if family in (-1, socket.AF_INET, socket.AF_INET6):
            raise OSError("the network is blocked in this test")
        super().__init__(family, *rest, **options)
def refuse(*arguments, **options):
    raise OSError("the network is blocked in this test")
socket.socket = Blocked
socket.create_connection = socket.getaddrinfo = refuse
from compliance.cli.main import main
main(sys.argv[1:])
"""


@dataclass(frozen=True)
class Result:
    """What a command gave."""

    code: int
    out: str
    err: str


def run(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, namespace: bool = False
) -> Result:
    """Run our command in a process of its own, with sockets to any network blocked."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("COMPLIANCE_")}
    command = [sys.executable, "-c", NO_NETWORK, *arguments]
    if namespace:
        command = ["unshare", "-rn", *command]
    done = subprocess.run(
        command, cwd=cwd, env=clean | dict(env or {}), capture_output=True, text=True, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr)


def run_here(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Result:
    """Run our command in this process, which costs no start."""
    from compliance.cli.main import run as command

    clean = {key: value for key, value in os.environ.items() if not key.startswith("COMPLIANCE_")}
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setattr(os, "environ", clean | dict(env or {}))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command(list(arguments))
    return Result(int(code), out.getvalue(), err.getvalue())
