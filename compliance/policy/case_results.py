"""Running the cases of a policy: their facts, what differs from what is expected, what rules do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.errors import ComplianceError
from compliance.facts import Consent, Facts, Licence, Scope, Waiver
from compliance.findings import (
    AnalyzerReport,
    BankUse,
    Coverage,
    Finding,
    ModelUse,
    RawKind,
    Reference,
    Status,
)
from compliance.policy.cases import Case, Expected, FoundInCase, PermitInCase
from compliance.policy.completeness import MATCHED
from compliance.policy.conditions import sought
from compliance.policy.diagnostics import did_you_mean, quoted
from compliance.policy.evaluate import Evaluation, evaluate
from compliance.policy.schema import Policy
from compliance.taxonomy import TAXONOMY
from compliance.types import Region, Source, TimeSpan
from compliance.verdicts import Decision, ExitCode

ASSET = "0" * 64
"""The asset of every case."""
_UNKNOWN = "0" * 64
_ANALYZER = "case"
_EXIT = {
    Decision.APPROVE: ExitCode.APPROVE,
    Decision.FLAG: ExitCode.FLAG,
    Decision.REJECT: ExitCode.REJECT,
}
Pair = tuple[str, Source]


@dataclass(frozen=True)
class CaseResult:
    """What came of one case."""

    case: Case
    """The case."""
    differences: tuple[str, ...] = ()
    """What differs from what it expects, one line each; empty where it holds."""
    hits: frozenset[str] = frozenset()
    """Rules that hit, whether or not it counted."""
    passed: frozenset[str] = frozenset()
    """Rules that were examined and did not hit."""

    @property
    def holds(self) -> bool:
        """True where the policy decides as expected."""
        return not self.differences


@dataclass(frozen=True)
class RuleCoverage:
    """What the cases show of one rule."""

    rule: str
    """Its id."""
    hit_by: tuple[int, ...]
    """The cases in which it hits, from 1."""
    passed_in: tuple[int, ...]
    """The cases in which it passes, from 1."""


def run_case(policy: Policy, case: Case) -> CaseResult:
    """Decide one case and compare."""
    mistakes = tuple(_mistakes(policy, case))
    try:
        result = evaluate(policy, facts_of(policy, case), case.as_of)
    except ComplianceError as error:
        return CaseResult(case, (*mistakes, f"it cannot be decided: {error}"))
    return CaseResult(
        case,
        (*mistakes, *_differences(case.expect, result)),
        frozenset(hit.rule for hit in result.hits),
        frozenset(result.passed),
    )


def coverage(policy: Policy, results: Sequence[CaseResult]) -> list[RuleCoverage]:
    """Return what the cases show of each rule, in the order of the policy."""
    return [
        RuleCoverage(
            rule.id,
            tuple(number for number, one in enumerate(results, 1) if rule.id in one.hits),
            tuple(number for number, one in enumerate(results, 1) if rule.id in one.passed),
        )
        for rule in policy.rules
    ]


def facts_of(policy: Policy, case: Case) -> Facts:
    """Return the facts of ``case``, all examined that ``policy`` needs and it does not take away."""
    needed = _needed(policy, case)
    failed = {pair for gap in case.failed for pair in _of_gap(gap, needed)}
    examined = needed - _taken(policy, case) - failed
    compared = examined & _compared(policy)
    found = tuple(_finding(one) for one in case.findings)
    return Facts(
        asset=ASSET,
        asset_sha256=ASSET,
        reports=(
            _report(examined - compared, (), found, case.seconds),
            _report(compared, tuple(_banks(policy, case)), (), case.seconds),
            _report(failed, (), (), case.seconds).model_copy(update={"status": Status.FAILED}),
        ),
        applicable=tuple(sorted(set(case.has))),
        gaps=case.gaps,
        release=case.release,
        providers=case.providers,
        consents=tuple(_consent(permit) for permit in case.consents),
        licences=tuple(_licence(permit) for permit in case.licences),
        waivers=tuple(
            Waiver(
                id=f"waiver-{index}",
                asset_sha256=ASSET,
                rule=waiver.rule,
                reason="as the case says",
                owner="unknown",
                approver="unknown",
                expires=waiver.expires,
            )
            for index, waiver in enumerate(case.waivers, start=1)
        ),
        marks=tuple(sorted(_duties(policy) - set(case.cannot_carry))),
    )


# the evidence that a case does not state


def _needed(policy: Policy, case: Case) -> set[Pair]:
    """Return every (category, source) pair that some rule finds and the asset has."""
    return {
        (leaf.path, source)
        for rule in policy.rules
        for path in sought(rule)
        for leaf in TAXONOMY.below(path)
        for source in leaf.sources & set(case.has)
    }


def _taken(policy: Policy, case: Case) -> set[Pair]:
    """Return the pairs that the case says nobody examined."""
    return {pair for gap in case.not_examined for pair in _of_gap(gap, _needed(policy, case))}


def _of_gap(gap: str, pairs: Iterable[Pair]) -> set[Pair]:
    category, _, source = gap.partition("/")
    return {
        pair for pair in pairs if TAXONOMY.covers(category, pair[0]) and source in ("", pair[1])
    }


def _compared(policy: Policy) -> set[Pair]:
    """Return the pairs that need a bank: of people, marks and works, and where a rule names one."""
    return {
        (leaf.path, source)
        for rule in policy.rules
        for path in sought(rule)
        for leaf in TAXONOMY.below(path)
        for source in leaf.sources
        if rule.in_ or path.split(".")[0] in MATCHED
    }


def _report(
    examines: set[Pair],
    banks: tuple[BankUse, ...],
    findings: tuple[Finding, ...],
    seconds: float,
) -> AnalyzerReport:
    """Return what an analyzer says that looked at all of ``examines`` in a clip of ``seconds``."""
    model = ModelUse(
        id=_ANALYZER,
        sha256=_UNKNOWN,
        licence="unknown",
        commercial_use="unknown",
        calibrated=True,
    )
    return AnalyzerReport(
        analyzer=_ANALYZER,
        version="1",
        asset=ASSET,
        status=Status.COMPLETED,
        examines=tuple(sorted(examines)),
        coverage=Coverage(seconds=seconds),
        models=(model,),
        banks=banks,
        findings=findings,
    )


def _banks(policy: Policy, case: Case) -> list[BankUse]:
    """Return the banks that the policy or the case names, and one more so that there always is one."""
    references = [
        *(found.reference for found in case.findings),
        *(permit.reference for permit in (*case.consents, *case.licences)),
    ]
    named = {name for rule in policy.rules for name in rule.in_}
    named |= {reference.split("/")[0] for reference in references if reference}
    empty = set(case.empty_banks)
    return [
        BankUse(
            name=name,
            modality="unknown",
            size=0 if "*" in empty or name in empty else 1,
            version=_UNKNOWN,
        )
        for name in sorted(named | {_ANALYZER} | (empty - {"*"}))
    ]


def _duties(policy: Policy) -> set[str]:
    """Return all that the rules oblige, by the names that :attr:`Facts.marks` gives them."""
    duties = {duty for rule in policy.rules if rule.oblige for duty in rule.oblige.duties}
    return {value if kind == "mark" else kind for kind, value in duties}


# what a case states


def _entry(reference: str, label: str = "") -> Reference:
    bank, entry = reference.split("/", 1)
    return Reference(bank=bank, entry=entry, label=label)


def _finding(found: FoundInCase) -> Finding:
    span, region = found.span, None
    if found.region:
        left, top, right, bottom = found.region
        region = Region(points=((left, top), (right, top), (right, bottom), (left, bottom)))
    return Finding(
        category=found.category,
        asset=ASSET,
        analyzer=_ANALYZER,
        source=found.place,
        score=found.score,
        raw=found.score,
        raw_kind=RawKind.PROBABILITY,
        span=TimeSpan(start=span[0], end=span[1]) if span else None,
        region=region,
        frames=found.frames,
        track=found.track,
        reference=_entry(found.reference, found.label or "") if found.reference else None,
    )


def _scope(permit: PermitInCase) -> Scope:
    return Scope(
        purposes=permit.purposes,
        territories=permit.territories,
        channels=permit.channels,
        starts=permit.starts,
        ends=permit.ends,
    )


def _consent(permit: PermitInCase) -> Consent:
    return Consent(
        id=f"consent of {permit.reference}",
        person=_entry(permit.reference),
        uses=permit.uses,
        scope=_scope(permit),
        revoked=permit.revoked,
    )


def _licence(permit: PermitInCase) -> Licence:
    return Licence(
        id=f"licence of {permit.reference}",
        reference=_entry(permit.reference),
        scope=_scope(permit),
        revoked=permit.revoked,
    )


# what differs


def _mistakes(policy: Policy, case: Case) -> Iterable[str]:
    """Yield what of the case means nothing to this policy: it would hold for the wrong reason."""
    ids = [rule.id for rule in policy.rules]
    expect = case.expect
    waived = [waiver.rule for waiver in case.waivers]
    named = dict.fromkeys(
        [*expect.hits, *expect.waived, *expect.monitored, *expect.passed, *waived]
    )
    for name in named:
        if name not in ids:
            near = did_you_mean(name, ids)
            yield f"{policy.label} has no rule {quoted(name)}" + (f", {near}" if near else "")
    for key, gaps in (("not_examined", case.not_examined), ("failed", case.failed)):
        for gap in gaps:
            if not _of_gap(gap, _needed(policy, case)):
                yield f"'{key}' names {gap}, which no rule finds in what the asset has"
    for name in case.cannot_carry:
        if name not in _duties(policy):
            yield f"'cannot_carry' names {quoted(name)}, which no rule obliges"
    for found in case.findings:
        if found.place not in case.has:
            yield f"there is a finding in {found.place}, which 'has' does not name"


def _differences(expect: Expected, result: Evaluation) -> Iterable[str]:
    code = _exit_code(result)
    wanted_code = _EXIT[expect.decision] if expect.exit_code is None else expect.exit_code
    for name, wanted, got in (
        ("decision", str(expect.decision), str(result.decision)),
        ("exit_code", str(int(wanted_code)), str(int(code))),
    ):
        if wanted != got:
            yield f"{name}: expected {wanted}, got {got}"
    for name, all_wanted, all_got in _exact(expect, result):
        if set(all_wanted) != set(all_got):
            yield f"{name}: expected {_listed(all_wanted)}, got {_listed(all_got)}"
    for rule in sorted(set(expect.passed) - set(result.passed)):
        yield f"passed: expected {rule}, which did not"
    obligations = {f"{one.kind} {one.value}" for one in result.obligations}
    for duty in sorted(set(expect.obligations) - obligations):
        yield f"obligations: expected {duty}, got {_listed(obligations)}"
    yield from _places(expect, result)


def _exact(
    expect: Expected, result: Evaluation
) -> Iterable[tuple[str, Iterable[str], Iterable[str]]]:
    """Yield the lists that must be equal: name, wanted, got."""
    yield "hits", expect.hits, [hit.rule for hit in result.hits if hit.counts]
    monitored = [hit.rule for hit in result.hits if hit.monitored]
    waived = [hit.rule for hit in result.hits if hit.waiver and not hit.monitored]
    yield "waived", expect.waived, waived
    yield "monitored", expect.monitored, monitored
    missing = [
        f"{one.category}/{one.source}" for one in result.not_examined if one.accepted_by is None
    ]
    yield "not_examined", expect.not_examined, missing


def _places(expect: Expected, result: Evaluation) -> Iterable[str]:
    cells = {(cell.territory, cell.channel, cell.audience): cell for cell in result.cells}
    for place in expect.places:
        cell = cells.get((place.territory, place.channel, place.audience))
        names = (place.territory, place.channel, place.audience)
        shown = " × ".join(name or "all" for name in names)
        if cell is None:
            yield f"places: the release has no {shown}"
        elif cell.decision is not place.decision:
            yield f"places: expected {place.decision} for {shown}, got {cell.decision}"


def _exit_code(result: Evaluation) -> ExitCode:
    """Return the code with which a review ends that decides so."""
    if result.decision is not Decision.REJECT and not result.complete:
        return ExitCode.INCOMPLETE
    return _EXIT[result.decision]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"
