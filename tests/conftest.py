"""Fixtures that every folder of tests shares."""

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A shell that starts the tests in the background lets them, and all that they start, ignore interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of public test data; skips where it is absent, fails where FAIL_WITHOUT_DATA=1."""
    folder = Path(os.environ.get("COMPLIANCE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = "test data is absent: set COMPLIANCE_TEST_DATA to its folder"
        if os.environ.get("FAIL_WITHOUT_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder
