"""From what was seen to a verdict: matching, facts, evaluation. No decoding, no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from compliance.analyzers.base import Analyzer, AnalyzerSpec, Illustrator, References
from compliance.analyzers.sensitive.partial import Partial
from compliance.analyzers.texts.localised import Localised
from compliance.facts import Consent, Facts, Licence, Release, StreamKind, Waiver
from compliance.findings import AnalyzerReport, Coverage, Finding, Observation, Status
from compliance.pipeline.contract import checked_findings
from compliance.pipeline.device import Device
from compliance.pipeline.failures import Failures
from compliance.pipeline.keys import verdict_key
from compliance.pipeline.observe import handed_sources, texts_of, transcribers
from compliance.pipeline.observed import Observed
from compliance.policy.evaluate import evaluate
from compliance.policy.schema import Policy
from compliance.taxonomy import TEXT
from compliance.text.languages import UNKNOWN
from compliance.text.languages import others as languages_beside
from compliance.text.wordless import wordless
from compliance.types import Source
from compliance.verdicts import AnalyzerUse, Verdict

_DECODED = frozenset({Source.FRAME, Source.OCR, Source.AUDIO, Source.SPEECH})
_UNREAD = {
    Source.CAPTION: "The file has captions that nothing reads, as pictures or hidden in the video (CEA-608 or "
    "708): put them in as text, or take them out.",
    Source.SPEECH: "Nothing turned the sound into text: give what is spoken with --transcript FILE.",
}


@dataclass
class Matched:
    """Reports on one asset, and the observations behind their findings."""

    reports: list[AnalyzerReport] = field(default_factory=list)
    """One of each analyzer, in the order in which they ran."""
    crops: dict[str, bytes] = field(default_factory=dict)
    """JPEG by id of the finding that it shows."""


def match(
    one: Observed,
    analyzers: Mapping[str, Analyzer],
    references: Callable[[str, str | None], References],
    device_of: Callable[[str], Device],
    failures: Failures,
) -> Matched:
    """Compare one asset's observations with the banks, and report.

    Args:
        one: what was seen.
        analyzers: who saw it, in order.
        references: gives the references of a modality; where vectors or prints are compared, those that the
            model with a digest, or a maker, made.
        device_of: tells where an analyzer ran, by name.
        failures: what failed on the way.
    """
    matched = Matched()
    applicable = one.applicable
    for name, analyzer in analyzers.items():
        spec = analyzer.spec
        found: list[Finding] = []
        given: References | None = None
        if spec.sources & applicable:
            with failures.guard(name, [one.id]):
                given = references(spec.modality, _maker(analyzer)) if spec.modality else None
                seen = [item for by in (name, *spec.reads) for item in one.observations.get(by, [])]
                raw = analyzer.findings(one.id, seen, given)
                found = checked_findings(spec, raw, one.id)
                if isinstance(analyzer, Illustrator):
                    matched.crops.update(analyzer.crops(found, seen, given))
                else:
                    matched.crops.update(_crops(found, seen))
        banks = given.banks if given else ()
        why = failures.why(name, one.id)
        absent = frozenset(other for other in analyzers if failures.lacks_model(other, one.id))
        report = _report(one, name, analyzers, applicable, matched.reports, why, absent)
        device = device_of(name)
        updates = {
            "findings": tuple(found),
            "banks": banks,
            "device": device.name,
            "device_reason": device.reason,
        }
        matched.reports.append(report.model_copy(update=updates))
    return matched


def judge(
    one: Observed,
    matched: Matched,
    policy: Policy,
    release: Release,
    as_of: datetime,
    marks: tuple[str, ...],
    *,
    waivers: tuple[Waiver, ...] = (),
    consents: tuple[Consent, ...] = (),
    licences: tuple[Licence, ...] = (),
    beside: tuple[AnalyzerReport, ...] = (),
    replay: bool = False,
) -> tuple[Verdict, Facts]:
    """Evaluate the policy on one asset and assemble the verdict.

    Args:
        one: what was seen.
        matched: what it means.
        policy: what decides.
        release: where the asset will be published.
        as_of: the moment that permissions are read at.
        marks: obligations that finalising could fulfil.
        waivers: those of this asset.
        consents: grants of the people whom findings name, with revocations applied.
        licences: those of the marks and works that findings name, with revocations applied.
        beside: what analyzers that did not run would have examined; see :mod:`compliance.pipeline.elsewhere`.
        replay: True where ``as_of`` is not the present.
    """
    asset = one.intake.asset
    facts = _facts(one, (*matched.reports, *beside), release, marks, waivers, consents, licences)
    result = evaluate(policy, facts, as_of)
    containment = one.summary.containment if one.summary else ()
    verdict = Verdict(
        key=verdict_key(asset, policy.digest, facts, containment, result, as_of, replay=replay),
        asset=asset.id,
        asset_name=asset.name,
        parts=asset.parts,
        policy=policy.label,
        policy_digest=policy.digest,
        policy_status=policy.status,
        release=release,
        as_of=as_of,
        decision=result.decision,
        complete=result.complete,
        hits=result.hits,
        passed=result.passed,
        not_examined=result.not_examined,
        waivers=tuple(one for one in waivers if one.id in {hit.waiver for hit in result.hits}),
        consents=result.consents,
        licences=result.licences,
        obligations=result.obligations,
        cells=result.cells,
        analyzers=tuple(_use(report) for report in matched.reports),
        coverage=_media_coverage(one),
        containment=containment,
        seconds=one.summary.seconds if one.summary else 0.0,
        replay=replay,
    )
    return verdict, facts


def named(matched: Matched, *branches: str) -> frozenset[str]:
    """Return whom or what findings name, as ``bank/entry``: that whose permissions have to be read.

    Args:
        matched: the findings.
        branches: first parts of their categories, such as ``likeness``.
    """
    return frozenset(
        finding.reference.id
        for report in matched.reports
        for finding in report.findings
        if finding.reference is not None and finding.category.split(".")[0] in branches
    )


def _providers(one: Observed) -> tuple[str, ...]:
    """Return who generated the asset, as far as its record says; empty where it may be anybody."""
    record = one.intake.record
    named = (record.host, record.vendor, record.model, record.model_resolved) if record else ()
    return tuple(sorted({name for name in named if name and name != "unknown"}))


def _facts(
    one: Observed,
    reports: tuple[AnalyzerReport, ...],
    release: Release,
    marks: tuple[str, ...],
    waivers: tuple[Waiver, ...],
    consents: tuple[Consent, ...],
    licences: tuple[Licence, ...],
) -> Facts:
    asset = one.intake.asset
    return Facts(
        asset=asset.id,
        asset_sha256=asset.id,
        reports=reports,
        applicable=tuple(sorted(one.applicable)),
        gaps=_gaps(one, reports),
        release=release,
        consents=consents,
        licences=licences,
        waivers=waivers,
        marks=marks,
        providers=_providers(one),
    )


def _maker(analyzer: Analyzer) -> str | None:
    """Return who made what an analyzer compares: the digest of the model, or the maker of prints."""
    if analyzer.spec.embedding is None:
        return analyzer.spec.prints or None
    return {use.id: use.sha256 for use in analyzer.models()}[analyzer.spec.embedding]


def _crops(found: list[Finding], observations: list[Observation]) -> dict[str, bytes]:
    """Return the crop of the observation that each finding points at."""
    by_place = {
        (one.attributes.get("track"), one.region): one.image
        for one in observations
        if one.image is not None
    }
    crops = {one.id: by_place.get((one.track, one.region)) for one in found}
    return {key: image for key, image in crops.items() if image is not None}


def _report(
    one: Observed,
    name: str,
    analyzers: Mapping[str, Analyzer],
    applicable: frozenset[Source],
    earlier: list[AnalyzerReport],
    failure: str | None,
    absent: frozenset[str],
) -> AnalyzerReport:
    """Say how an analyzer's work on one asset ended, and what it therefore answers for.

    A source that a required analyzer makes readable counts as examined only if that one did its part.
    ``absent`` are the analyzers whose models are not installed.
    """
    spec = analyzers[name].spec
    wanted = spec.sources & applicable
    sources = wanted & handed_sources(analyzers[name], analyzers, one)
    blocked, lacks = _barred(one, spec, wanted, sources, analyzers, earlier, absent)
    if Source.SPEECH in blocked and (unheard := _unheard(analyzers, earlier)):
        blocked[Source.SPEECH] += f" {unheard}"
    status, reason = Status.COMPLETED, ""
    if not wanted:
        status = Status.NOT_APPLICABLE
        reason = f"the asset has none of: {', '.join(sorted(spec.sources))}"
    elif failure is not None:
        status, reason = Status.FAILED, failure
    elif name in one.idle:
        status = Status.SKIPPED
        reason = "no bank holds anything that would be compared with what it sees"
    elif not sources:
        status = Status.SKIPPED
        reason = (
            f"this version hands no {', '.join(sorted(wanted))} to analyzers; update compliance"
        )
    unready = _unready(analyzers[name]) if status is Status.COMPLETED else {}
    examines = tuple(
        (category, source)
        for category in spec.categories
        if category not in unready
        for source in sorted(sources - set(blocked))
    )
    hindered = _hindered(spec, sources, blocked, unready)
    left_out = examines if name in absent else ()
    left_out += tuple((path, at) for path, at, _ in hindered if at in lacks and path not in unready)
    return AnalyzerReport(
        analyzer=spec.name,
        version=_version(analyzers[name]),
        asset=one.id,
        status=status,
        reason=reason,
        examines=examines,
        hindered=hindered,
        lacks=left_out,
        coverage=_coverage(one, sources),
        models=analyzers[name].models(),
        observations_key=one.keys.get(spec.name, ""),
    )


def _barred(
    one: Observed,
    spec: AnalyzerSpec,
    wanted: frozenset[Source],
    sources: frozenset[Source],
    analyzers: Mapping[str, Analyzer],
    earlier: Sequence[AnalyzerReport],
    absent: frozenset[str],
) -> tuple[dict[Source, str], frozenset[Source]]:
    """Return why sources were not readable, and those of them that only lack what is not installed."""
    blocked: dict[Source, str] = {}
    failed: set[Source] = set()
    for report in earlier:
        if report.analyzer in spec.requires and not _whole(report):
            why = report.reason or " ".join(report.coverage.gaps) or str(report.status)
            parts = sources & analyzers[report.analyzer].spec.sources
            blocked |= dict.fromkeys(
                parts, f"Analyzer {report.analyzer} did not do its part: {why}"
            )
            failed |= parts if report.analyzer not in absent else set()
    foreign, unread = _foreign(one, spec, sources), _unread(one, wanted, sources)
    silent = {Source.SPEECH} if transcribers(analyzers) <= absent else set()
    blocked |= foreign | unread
    return blocked, frozenset(blocked.keys() - failed - foreign.keys() - (unread.keys() - silent))


def _version(analyzer: Analyzer) -> str:
    """Return an analyzer's version, and the countries that settings limit it to: what was left out is seen."""
    limits = analyzer.limits() if isinstance(analyzer, Localised) else ()
    return analyzer.spec.version + (f", for {' '.join(limits)} only" if limits else "")


def _hindered(
    spec: AnalyzerSpec,
    sources: frozenset[Source],
    blocked: Mapping[Source, str],
    unready: Mapping[str, str],
) -> tuple[tuple[str, Source, str], ...]:
    """Return what was not examined and why: sources that were not readable, and categories not set up."""
    found = [
        (category, source, why)
        for category in spec.categories
        for source, why in sorted(blocked.items())
    ]
    found += [(path, source, why) for path, why in unready.items() for source in sorted(sources)]
    return tuple(found)


def _unready(analyzer: Analyzer) -> Mapping[str, str]:
    """Return the categories that an analyzer cannot examine as it is set up, and why."""
    return analyzer.unexamined() if isinstance(analyzer, Partial) else {}


def _unread(
    one: Observed, wanted: frozenset[Source], sources: frozenset[Source]
) -> dict[Source, str]:
    """Return the texts that nobody made readable; pictures of text may stand beside captions that are given."""
    unread = set(wanted - sources)
    if one.unread_subtitles:
        unread |= wanted & {Source.CAPTION}
    if one.info is None and one.intake.asset.path is not None:
        why = "The file cannot be opened, so that nobody knows what it says: export it again."
        return dict.fromkeys(unread & _UNREAD.keys(), why)
    return {source: why for source, why in _UNREAD.items() if source in unread}


def _unheard(analyzers: Mapping[str, Analyzer], earlier: Sequence[AnalyzerReport]) -> str:
    """Return why what is spoken was not turned into text by an analyzer that is there for it."""
    names = transcribers(analyzers)
    return " ".join(
        f"Analyzer {report.analyzer} did not do its part: {report.reason}"
        for report in earlier
        if report.analyzer in names and report.status is Status.FAILED
    )


def _foreign(one: Observed, spec: AnalyzerSpec, sources: frozenset[Source]) -> dict[Source, str]:
    """Return the sources of which an analyzer of few languages did not understand every text.

    A source counts as a whole: one sentence in another language, and not all of it was examined. What is in no
    language, such as numbers and names, everybody understands; see :mod:`compliance.text.languages`.
    """
    if "*" in spec.languages:
        return {}
    batch = texts_of([one])
    why = {}
    for source in sorted(sources & TEXT):
        texts = [text for text, at in zip(batch.texts, batch.sources, strict=True) if at is source]
        languages = languages_beside(texts, spec.languages)
        signs = next(filter(None, map(wordless, texts)), "")
        if signs:
            why[source] = (
                f"Analyzer {spec.name} reads words, and a text consists of {signs} alone: have a person look "
                "at it, or take it out."
            )
        elif languages:
            why[source] = (
                f"Analyzer {spec.name} understands {', '.join(spec.languages)} only, and some of this text was "
                f"not examined in its language ({', '.join(map(_language, languages))}): have a person "
                "read it, or let an owner answer for it under accept_unexamined."
            )
    return why


def _language(code: str) -> str:
    return "one that was not recognised" if code == UNKNOWN else code


def _whole(report: AnalyzerReport) -> bool:
    return report.status is not Status.FAILED and report.coverage.complete


def _coverage(one: Observed, sources: frozenset[Source]) -> Coverage:
    if sources & _DECODED and not sources - _DECODED:
        return _media_coverage(one)
    asset = one.intake.asset
    return Coverage(
        texts_examined=len(asset.prompts) + sum(len(file.cues) for file in one.captions)
    )


def _media_coverage(one: Observed) -> Coverage:
    summary = one.summary
    if summary is None:
        return Coverage()
    return Coverage(
        frames_seen=summary.frames_seen,
        frames_examined=summary.frames_sampled,
        shots=summary.shots,
        seconds=summary.seconds,
        complete=summary.complete,
        gaps=summary.gaps,
    )


def _gaps(one: Observed, reports: Sequence[AnalyzerReport]) -> tuple[str, ...]:
    """Return what of the file as a whole was not read."""
    if one.intake.asset.path is None:
        return ()
    gaps = list(one.summary.gaps) if one.summary else ["The file was not decoded."]
    if one.summary and not one.summary.complete and not gaps:
        gaps.append("The file was not decoded whole.")
    if one.info is not None and not one.info.has(StreamKind.VIDEO) and not _heard(reports):
        gaps.append(
            "The file has no picture, and nothing listened to its sound. Expected a video or an image, or a "
            "policy with a rule that finds something in sound, such as likeness.voice."
        )
    if not one.intake.unchanged():
        gaps.append("The file changed while it was reviewed. Review it again when it is finished.")
    return tuple(gaps)


def _heard(reports: Sequence[AnalyzerReport]) -> bool:
    """Tell whether an analyzer listened to all of the sound; how loud it is says nothing of what is heard."""
    return any(
        report.status is Status.COMPLETED
        and report.coverage.complete
        and any(
            source is Source.AUDIO and not category.startswith("accessibility.")
            for category, source in report.examines
        )
        for report in reports
    )


def _use(report: AnalyzerReport) -> AnalyzerUse:
    return AnalyzerUse(
        name=report.analyzer,
        version=report.version,
        status=str(report.status),
        reason=report.reason,
        device=report.device,
        device_reason=report.device_reason,
        coverage=report.coverage,
        models=report.models,
        banks=report.banks,
        observations_key=report.observations_key,
    )
