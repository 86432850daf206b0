"""The report for machines: one JSON document with every verdict and its findings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from compliance.verdicts import worst_exit_code

if TYPE_CHECKING:
    from compliance.pipeline.run import Outcome

SCHEMA = "compliance-report-1"


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the report as indented JSON with a ``schema`` field."""
    codes = [outcome.exit_code for outcome in outcomes]
    report = {
        "schema": SCHEMA,
        "exit_code": int(worst_exit_code(codes)),
        "reviews": [_one(outcome) for outcome in outcomes],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _one(outcome: Outcome) -> dict[str, Any]:
    files = outcome.files
    findings = [
        {"id": finding.id, **finding.model_dump(mode="json")} for finding in outcome.facts.findings
    ]
    return {
        "path": str(outcome.path) if outcome.path else None,
        "verdict": outcome.verdict.model_dump(mode="json"),
        "verdict_digest": outcome.verdict.digest,
        "exit_code": int(outcome.exit_code),
        "clearance": outcome.clearance.model_dump(mode="json") if outcome.clearance else None,
        "waived": sum(1 for hit in outcome.verdict.hits if hit.waiver),
        "consents": len(outcome.verdict.consents),
        "licences": len(outcome.verdict.licences),
        "warnings": list(outcome.warnings),
        "findings": findings,
        "files": {
            "folder": str(files.folder),
            "attestation": str(files.attestation),
            "signed": str(files.signed) if files.signed else None,
            "note": files.note,
        },
    }
