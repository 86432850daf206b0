"""Whether a label that a rule demands stands in the picture already. Pure.

A label found is a mitigation, so that everything about it is read to its disadvantage: it lasted no longer than
it was seen, what cannot be measured does not count, and a report that is not whole shows nothing.
"""

from __future__ import annotations

from compliance.facts import Facts
from compliance.findings import UNSEEN, AnalyzerReport, Finding, Status
from compliance.policy.label_words import says
from compliance.policy.schema import Label, Rule
from compliance.types import Source, TimeSpan

LABEL = "disclosure.label"
"""Category of labels that say that media is generated; the track of a finding is its wording."""
LIKELY = 0.5
"""Score from which a finding is more likely a label than not, as scores mean everywhere."""


def owed(rule: Rule, facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return kind and value of what ``rule`` obliges, without a label that is in the picture already."""
    if rule.oblige is None:
        return ()
    label = rule.oblige.label
    shown = label is not None and in_picture(label, facts)
    return tuple(duty for duty in rule.oblige.duties if not (shown and duty[0] == "label"))


def in_picture(label: Label, facts: Facts) -> bool:
    """Tell whether some label was found that says the words of ``label`` where and for as long as it asks."""
    return not facts.gaps and any(
        _fulfils(label, one, report.coverage.seconds)
        for report in facts.reports
        if _is_whole(report)
        for one in report.findings
    )


def _is_whole(report: AnalyzerReport) -> bool:
    sound = all(model.calibrated for model in report.models)
    return report.status is Status.COMPLETED and report.coverage.complete and sound


def _fulfils(label: Label, one: Finding, seconds: float) -> bool:
    if (one.category, one.source) != (LABEL, Source.OCR) or one.score < LIKELY:
        return False
    if one.span is None or not says(one.track or "", label.text):
        return False
    if one.span.seconds < (label.min_seconds or 0.0):
        return False
    return _is_there(label.place, one.span, seconds)


def _is_there(place: str, span: TimeSpan, seconds: float) -> bool:
    """Tell whether ``span`` is at ``place`` of a clip of ``seconds``, as far as examined frames tell."""
    near = UNSEEN / 2
    opens = span.start <= near
    closes = abs(seconds - span.end) <= near  # beyond the end, nobody knows how long the clip is
    return {"start": opens, "end": closes, "throughout": opens and closes}.get(place, False)
