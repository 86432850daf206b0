"""The report as one HTML page that needs nothing beside it, for mail and archives."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from compliance.reporters.matrix import SIGNS, rows
from compliance.reporters.text import about_line, clearance_line, place_of

if TYPE_CHECKING:
    from compliance.pipeline.run import Outcome


def render(outcomes: Sequence[Outcome]) -> str:
    """Return a page with one section for each outcome; everything that a file said is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = files("compliance.reporters").joinpath("report.html.j2").read_text("utf-8")
    return environment.from_string(template).render(
        reviews=[_review(outcome) for outcome in outcomes], signs=SIGNS, about=about_line
    )


def _review(outcome: Outcome) -> dict[str, object]:
    verdict = outcome.verdict
    by_id = {finding.id: finding for finding in outcome.facts.findings}
    hits = [
        {
            "hit": hit,
            "findings": [
                (by_id[one], place_of(by_id[one])) for one in hit.findings if one in by_id
            ],
        }
        for hit in verdict.hits
    ]
    return {
        "name": outcome.name,
        "verdict": verdict,
        "exit_code": int(outcome.exit_code),
        "hits": hits,
        "matrix": rows(verdict),
        "not_examined": sorted(verdict.not_examined, key=lambda one: bool(one.accepted_by)),
        "clearance": clearance_line(outcome.clearance) if outcome.clearance else "",
        "waived": sum(1 for hit in verdict.hits if hit.waiver),
        "warnings": outcome.warnings,
    }
