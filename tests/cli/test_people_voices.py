"""``compliance people`` with recordings of voices."""

import importlib.util
from pathlib import Path

import pytest
from command_line import run_here

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("silero_vad") is None, reason="needs the extra 'voice'"
)


def test_a_recording_that_made_another_entry_is_refused(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "voices-librispeech/speakers/1688/1688-142285-0000.flac"

    def enrol(name: str, *more: str) -> tuple[int, str]:
        done = run_here("people", "enrol", name, "--voice", str(file), *more, cwd=tmp_path)
        return done.code, done.err

    assert enrol("Ann")[0] == 0
    code, said = enrol("Bea", "--bank", "crew")
    assert code == 2 and "people/ann (Ann)" in said
    assert run_here("people", "list", cwd=tmp_path).out.endswith("1 people\n")
    assert enrol("Ann", "--bank", "crew", "--anyway")[0] == 0
