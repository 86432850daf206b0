"""From findings and observations to edits. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from compliance.errors import UsageError
from compliance.findings import Finding, Observation
from compliance.redaction.coverable import FLASHES, HEARD, cannot, hindered, is_below
from compliance.redaction.edits import Edit, How, Sighting
from compliance.redaction.tracking import hull
from compliance.types import Region, Source, TimeSpan

_NEAR = 0.25
"""Seconds around a finding's span in which observations of it lie."""


def choose(
    findings: Iterable[Finding], categories: Sequence[str], ids: Sequence[str]
) -> list[Finding]:
    """Return the findings that are asked for, each once.

    Args:
        findings: all of them.
        categories: paths in the taxonomy; a branch means all below it.
        ids: identifiers of findings.

    Raises:
        UsageError: nothing was asked for, or something that was is not there.
    """
    found = {one.id: one for one in findings}
    if not categories and not ids:
        raise UsageError(
            "nothing is said to be redacted",
            expected="--find CATEGORY or --finding ID",
            found=", ".join(sorted({one.category for one in found.values()})) or "no findings",
            fix="name what shall be covered, such as --find likeness",
        )
    wanted = dict.fromkeys(ids)
    for category in categories:
        below = [one.id for one in found.values() if is_below(one.category, category)]
        if not below:
            raise _absent(f"of the category {category}", found.values())
        wanted.update(dict.fromkeys(below))
    for name in ids:
        if name not in found:
            raise _absent(f"with the id {name}", found.values())
    return [found[name] for name in wanted]


def edits_of(
    findings: Sequence[Finding],
    observations: Sequence[Observation],
    how: How | None,
    *,
    mute: bool,
    fixed: bool,
    still: bool,
    named: Collection[str] | None = None,
) -> list[Edit]:
    """Return what to do about each finding.

    Args:
        findings: those that are asked for.
        observations: what the run saw, as far as it can be read.
        how: in which way what is seen is covered; None takes what suits the source.
        mute: also mute the sound while the thing is seen.
        fixed: what is seen stands still.
        still: the asset is one picture, so that no span is needed.
        named: ids of those that were asked for one by one; None means all. The others may be left where they
            prove not to lie in the file.

    Raises:
        UsageError: a finding has no place that could be covered.
    """
    edits = []
    for one in findings:
        edit = _edit(one, observations, how, fixed, still)
        edits.append(edit.model_copy(update={"named": named is None or one.id in named}))
        if mute and one.span is not None and edit.how not in (How.MUTE, How.HUSH):
            edits.append(Edit(finding=one.id, how=How.MUTE, span=one.span))
    return list({edit.model_dump_json(): edit for edit in edits}.values())


def _edit(
    one: Finding, observations: Sequence[Observation], how: How | None, fixed: bool, still: bool
) -> Edit:
    if (hindrance := hindered(one, how, still=still)) is not None:
        raise cannot(one, hindrance)
    span = one.span or TimeSpan(start=0, end=0)
    if one.source in HEARD:
        return Edit(finding=one.id, how=How.MUTE, span=span)
    if one.source is Source.CAPTION:
        return Edit(finding=one.id, how=How.HUSH, span=span)
    if is_below(one.category, FLASHES):
        return Edit(finding=one.id, how=How.DIM, span=span)
    way = how or (How.FILL if one.source is Source.OCR else How.BLUR)
    if way is How.DIM:
        return Edit(finding=one.id, how=How.DIM, span=span)
    assert one.region is not None, "or it would be hindered"
    seen = sightings(one, observations)
    stands = fixed or still or (not seen and span.seconds == 0)
    if stands:
        held = [Sighting(time=span.start, region=one.region), *seen]
        seen = sorted(held, key=lambda sighting: sighting.time)
    return Edit(
        finding=one.id,
        how=way,
        span=span,
        sightings=tuple(seen),
        region=one.region,
        fixed=stands and span.seconds > 0,
    )


def sightings(finding: Finding, observations: Sequence[Observation]) -> list[Sighting]:
    """Return where the observations behind a finding saw it, in order of time.

    Those are the observations of its own track; of text, the lines that meet its region.
    """
    span = finding.span
    if span is None or finding.region is None:
        return []
    found: dict[float, list[tuple[float, float, float, float]]] = {}
    for one in observations:
        if one.span is None or one.region is None:
            continue
        if not span.start - _NEAR <= one.span.start <= span.end + _NEAR:
            continue
        of_track = (
            one.analyzer == finding.analyzer
            and finding.track is not None
            and one.attributes.get("track") == finding.track
        )
        line = finding.source is Source.OCR and one.kind == "text_line"
        if of_track or (line and _meet(one.region.box, finding.region.box)):
            for time in {one.span.start, one.span.end}:
                found.setdefault(time, []).append(one.region.box)
    return [
        Sighting(time=time, region=Region.from_box(*_inside(hull(boxes)), 1, 1))
        for time, boxes in sorted(found.items())
    ]


def _inside(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in box)
    return left, top, right, bottom


def _meet(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> bool:
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )


def _absent(what: str, findings: Iterable[Finding]) -> UsageError:
    there = sorted({one.category for one in findings})
    return UsageError(
        f"there is no finding {what}",
        expected=f"one of {', '.join(there)}" if there else "findings",
        found="no findings at all" if not there else "",
        fix="see what was found with 'compliance review ASSET --format json'",
    )
