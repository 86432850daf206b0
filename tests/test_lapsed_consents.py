"""What no longer stands of the consents that a verdict relies on, and what still covers the same."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.errors import UsageError
from compliance.facts import Consent, Facts, Release, Scope, years_after
from compliance.findings import AnalyzerReport, Finding, RawKind, Reference, Status
from compliance.lapses import lapsed
from compliance.policy.evaluate import evaluate
from compliance.policy.load import load_policy_text
from compliance.scopes import moment_of
from compliance.types import Source
from compliance.verdicts import Verdict

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ANN = Reference(bank="talent", entry="ann", label="Ann Example")
POLICY = load_policy_text(
    """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: named
    title: Nobody without consent
    why: Theirs to give
    find: likeness.name
    unless: {consent: covers}
    then: reject
""",
    "test",
)


def grant(name: str, *territories: str) -> Consent:
    scope = Scope(
        purposes=("*",),
        territories=territories,
        channels=("*",),
        starts=NOW - timedelta(days=9),
        ends=NOW + timedelta(days=9),
    )
    return Consent(id=name, person=ANN, uses=("name",), scope=scope)


def reviewed(*grants: Consent) -> Verdict:
    """A verdict of the real policy engine on one name in a prompt, for Germany and France."""
    finding = Finding(
        category="likeness.name",
        asset="a" * 64,
        analyzer="names",
        source=Source.PROMPT,
        score=1.0,
        raw=1.0,
        raw_kind=RawKind.COUNT,
        reference=ANN,
    )
    report = AnalyzerReport(
        analyzer="names",
        version="1",
        asset="a" * 64,
        status=Status.COMPLETED,
        examines=(("likeness.name", Source.PROMPT),),
        findings=(finding,),
    )
    release = Release(territories=("DE", "FR"))
    facts = Facts(
        asset="a" * 64,
        asset_sha256="a" * 64,
        reports=(report,),
        applicable=(Source.PROMPT,),
        release=release,
        consents=grants,
    )
    result = evaluate(POLICY, facts, NOW)
    return Verdict(
        key="k",
        asset="a" * 64,
        asset_name="prompt",
        parts={},
        policy="test@1.0.0",
        policy_digest="d" * 64,
        policy_status="enforce",
        release=release,
        as_of=NOW,
        decision=result.decision,
        complete=result.complete,
        consents=result.consents,
    )


def covering(*grants: Consent) -> tuple[str, ...]:
    """Revoke the first grant after a review that relied on all, and return what covers its findings."""
    verdict = reviewed(*grants)
    assert [one.grant for one in verdict.consents] == sorted(one.id for one in grants)
    later = NOW + timedelta(hours=1)
    revoked = grants[0].model_copy(update={"revoked": later})
    standing = {one.id: one for one in (revoked, *grants[1:])}
    (gone,) = lapsed(verdict, standing, {revoked.id: "by letter"}, later)
    assert gone.use.grant == grants[0].id
    return gone.covered_by


def test_a_grant_for_one_place_of_a_release_replaces_none_for_another() -> None:
    assert covering(grant("G-1", "DE"), grant("G-2", "FR")) == ()


def test_a_grant_for_all_places_of_a_release_replaces_one_for_some() -> None:
    assert covering(grant("G-1", "DE"), grant("G-2", "EU")) == ("G-2",)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_moment_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        moment_of(text, "--until")


def test_years_after_the_end_of_the_calendar_are_its_end() -> None:
    assert years_after(date(9995, 1, 1), 10) == date.max
