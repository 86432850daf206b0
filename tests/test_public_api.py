"""The public API is small, and every name in it is there."""

import subprocess
import sys

import compliance

PUBLIC = """
Asset Clearance ComplianceError Consent Decision Facts Finding GenerationRecord Licence Observation
Outcome Policy Prompt Publication Release Request Reviewer Settings TAXONOMY Verdict Waiver evaluate
load_policy load_settings verify_file
""".split()


def test_the_public_api_is_pinned() -> None:
    assert sorted(compliance.__all__) == sorted(PUBLIC)
    assert len(compliance.__all__) <= 25


def test_every_public_name_resolves() -> None:
    for name in compliance.__all__:
        assert getattr(compliance, name) is not None


def test_a_misspelt_name_is_an_error() -> None:
    assert not hasattr(compliance, "Verdicts")


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import compliance, sys; print([m for m in sys.modules if m in ('torch', 'cv2', 'av')])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
