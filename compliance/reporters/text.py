"""The report for people: one line each for what hit, what is waived and what was not examined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.facts import Waiver
from compliance.findings import Finding
from compliance.reporters import matrix
from compliance.types import Source, TimeSpan
from compliance.verdicts import Clearance, ConsentUse, Decision, PermitUse, RuleHit, Verdict

if TYPE_CHECKING:
    from compliance.pipeline.run import Outcome

_SIGNS = {Decision.REJECT: "✖ REJECT", Decision.FLAG: "⚑ FLAG", Decision.APPROVE: "✔ APPROVE"}
_MOST_FINDINGS = 3
_UNREAD = "integrity.undecodable"


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the report on all outcomes, an empty line between two."""
    return "\n\n".join(_one(outcome) for outcome in outcomes) + "\n"


def _one(outcome: Outcome) -> str:
    verdict = outcome.verdict
    findings = {finding.id: finding for finding in outcome.facts.findings}
    lines = [_head(outcome.name, verdict)]
    for hit in verdict.hits:
        lines += _hit(hit, findings)
    lines += matrix.lines(verdict)
    lines += [_waiver(waiver) for waiver in verdict.waivers]
    lines += [reliance_line(use) for use in verdict.relies_on]
    lines += [f"! {warning}" for warning in outcome.warnings]
    lines += _not_examined(verdict)
    lines += [f"  · not enforced while decoding: {gap}" for gap in verdict.containment]
    open_ends = sum(1 for one in verdict.not_examined if one.accepted_by is None)
    waived = sum(1 for hit in verdict.hits if hit.waiver)
    counts = f"✔ {len(verdict.passed)} rules passed   ○ {open_ends} not examined"
    counts += f"   – {waived} waived" if waived else ""
    kinds = (("consent", len(verdict.consents)), ("licence", len(verdict.licences)))
    relied = " and ".join(counted(count, noun) for noun, count in kinds if count)
    lines.append(counts + (f"   § relies on {relied}" if relied else ""))
    lines += [f"  + {one.rule} obliges {one.kind} {one.value}" for one in verdict.obligations]
    if outcome.clearance is not None:
        lines.append(clearance_line(outcome.clearance))
    return "\n".join(printable(line) for line in (*lines, *_tail(outcome)))


def _head(name: str, verdict: Verdict) -> str:
    parts = [name]
    coverage = verdict.coverage
    if coverage.frames_seen:
        parts[0] += f"  {verdict.seconds:.1f} s"
        parts.append(f"{coverage.frames_seen} frames seen, {coverage.frames_examined} examined")
        parts.append(f"{coverage.shots} shot" + ("s" if coverage.shots != 1 else ""))
    parts.append(f"policy {verdict.policy} ({verdict.policy_digest[:8]}…)")
    return " · ".join(parts)


def _hit(hit: RuleHit, findings: dict[str, Finding]) -> list[str]:
    sign = f"– WAIVED by {hit.waiver}" if hit.waiver else _SIGNS[hit.decision]
    if hit.monitored:
        sign = "· MONITOR"
    behind = sorted(
        (findings[one] for one in hit.findings if one in findings),
        key=lambda one: (-one.score, one.span.start if one.span else 0.0, one.id),
    )
    lines = []
    for finding in behind[:_MOST_FINDINGS]:
        lines.append(_finding_line(sign, hit, finding))
        sign = ""
    if not behind:
        lines.append(f"{sign:<9} {hit.rule}")
    if len(behind) > _MOST_FINDINGS:
        lines.append(f"{'':<10}and {len(behind) - _MOST_FINDINGS} more, see findings.parquet")
    if hit.note:
        lines.append(f"{'':<10}{hit.note}")
    return lines


def _waiver(waiver: Waiver) -> str:
    who = f"owner {waiver.owner}, approved by {waiver.approver}"
    return f"  – {waiver.id} waives {waiver.rule} to {waiver.expires}: {waiver.reason} ({who})"


def reliance_line(use: PermitUse) -> str:
    """Return what a verdict relies on as one line."""
    what = "licence"
    about = use.subject
    if isinstance(use, ConsentUse):
        what, about = "consent", f"{use.person} ({', '.join(use.uses)})"
    return (
        f"  § relies on {what} {use.grant} of {about} until "
        f"{use.ends:%Y-%m-%d %H:%M} UTC for {counted(len(use.findings), 'finding')}"
    )


def counted(count: int, noun: str) -> str:
    """Return ``1 finding`` or ``2 findings``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def clearance_line(clearance: Clearance) -> str:
    """Return a person's decision as one line."""
    word = "✔ CLEARED" if clearance.decision == "approve" else "✖ REJECTED"
    said = f"{word} by {clearance.by} ({clearance.role}) on {clearance.at:%Y-%m-%d %H:%M} UTC"
    if clearance.until is not None:
        said += f" until {clearance.until:%Y-%m-%d}"
    scope = (("territories", clearance.territories), ("channels", clearance.channels))
    said += "".join(f", {name} {' '.join(values)}" for name, values in scope if values)
    if clearance.accepts_incomplete:
        said += ", accepting what was not examined"
    return f"{said}: {clearance.reason}"


def _finding_line(sign: str, hit: RuleHit, finding: Finding) -> str:
    name = hit.rule if sign else finding.category
    place = place_of(finding)
    score = f"{finding.score:.2f}"
    if hit.threshold is not None:
        score += f" ≥ {hit.threshold:.2f}"
    about = about_line(finding)
    note = f"({finding.evidence.note})" if finding.evidence.note else ""
    return f"{sign:<9} {name:<24} {place:<16} {score:<12} {about} {note}".rstrip()


def about_line(finding: Finding) -> str:
    """Return what a finding was matched to, with the moments of it that match, else what was read."""
    if finding.reference is None:
        return finding.evidence.text or ""
    there = finding.evidence.reference_span
    return finding.reference.id + (f" {time_of(there)}" if there else "")


def short(path: Path) -> str:
    """Return ``path`` relative to the working directory where it lies inside."""
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd()) if inside else path)


def printable(text: str) -> str:
    """Return ``text`` with control characters escaped: strings from files never drive a terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def place_of(finding: Finding) -> str:
    """Return when a finding is there, and in what unless in the picture; what alone where it has no time."""
    if finding.span is None:
        return str(finding.source)
    time = time_of(finding.span)
    return time if finding.source is Source.FRAME else f"{time} {finding.source}"


def time_of(span: TimeSpan) -> str:
    """Return a span as ``00:04.00–00:05.60``; one moment as ``00:04.00``."""
    start, end = _clock(span.start), _clock(span.end)
    return start if start == end else f"{start}–{end}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    hours, minutes = divmod(minutes, 60)
    short = f"{minutes:02d}:{rest / 100:05.2f}"
    return f"{hours:02d}:{short}" if hours else short


def _not_examined(verdict: Verdict) -> list[str]:
    """Return a line for each reason: what shares reason and owner stands together.

    What could not be examined because the file cannot be read is counted in the line that says so.
    """
    broken = [one.reason for one in verdict.not_examined if one.category == _UNREAD]
    groups: dict[tuple[str | None, str, str], list[str]] = {}
    followers = 0
    for one in verdict.not_examined:
        follows = one.accepted_by is None and one.category != _UNREAD
        if follows and any(reason in one.reason for reason in broken):
            followers += 1
            continue
        reason = one.accepted_reason if one.accepted_by else one.reason
        key = (one.accepted_by, reason or "", one.source)
        groups.setdefault(key, []).append(one.category)
    lines = []
    unread_first = sorted(groups.items(), key=lambda group: _UNREAD not in group[1])
    for (owner, reason, source), categories in unread_first:
        places = f"{', '.join(categories)} in {source}"
        if owner is None:
            more = (
                f" Nor was what follows from it: {followers} more." if _UNREAD in categories else ""
            )
            lines.append(f"○ NOT EXAMINED  {places}: {reason}{more if followers else ''}")
        else:
            lines.append(f"○ accepted  not examined: {places} — {reason} ({owner})")
    return lines


def _tail(outcome: Outcome) -> list[str]:
    verdict, files = outcome.verdict, outcome.files
    word = verdict.decision.upper()
    if not verdict.complete:
        word += " (incomplete)"
    if outcome.clearance is not None:
        word += ", cleared" if outcome.clearance.decision == "approve" else ", rejected by a person"
    said = [word]
    if files.signed:
        said.append(f"signed {short(files.signed)}")
    said.append(f"evidence {short(files.folder)}/")
    open_hits = [hit for hit in verdict.hits if hit.counts and hit.decision != "approve"]
    if open_hits and outcome.clearance is None:
        said.append(f"next: compliance explain {open_hits[0].rule}")
    elif files.signed:
        said.append(f"next: compliance verify {short(files.signed)}")
    lines = [" · ".join(said)]
    open_flag = verdict.decision is Decision.FLAG and verdict.complete
    if open_flag and outcome.clearance is None and not verdict.replay:
        lines.append(f"  a person may clear it: compliance clear {verdict.key[:12]}")
    if files.signed and "record" not in verdict.parts:
        lines.append(
            "  no generation record (--record): the signed copy does not say how it was made"
        )
    if files.note:
        lines.append(f"  {files.note}")
    return lines
