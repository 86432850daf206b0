"""An analyzer whose model is not installed lacks it, whatever else fails afterwards."""

from compliance.errors import ModelMissing
from compliance.pipeline.failures import Failures


def fail(failures: Failures, error: Exception) -> None:
    with failures.guard("voices", ["a"]):
        raise error


def test_what_fails_for_want_of_a_model_does_not_make_it_installed() -> None:
    failures = Failures()
    fail(failures, ModelMissing("not installed", where="silero-vad"))
    fail(failures, KeyError("resemblyzer"))
    assert failures.lacks_model("voices", "a")


def test_a_failure_before_a_missing_model_is_no_missing_model() -> None:
    failures = Failures()
    fail(failures, KeyError("resemblyzer"))
    fail(failures, ModelMissing("not installed", where="silero-vad"))
    assert not failures.lacks_model("voices", "a")
