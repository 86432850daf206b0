"""Consent is read at the decision, by a clock that is given; prompts alone, so that nothing is decoded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.facts import Consent, Release, Scope
from compliance.findings import Reference
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.store.consents import ConsentStore
from compliance.store.engine import Engine, open_database
from compliance.types import Prompt
from compliance.verdicts import Decision

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: named
    title: Nobody by name without consent
    why: Theirs to give
    find: likeness.name
    when: {min_score: 0.9}
    unless: {consent: covers}
    then: reject
"""
ENDS = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANN = "Ingeborg Quistgaard"
Decide = Callable[..., Outcome]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def engine(settings: Settings) -> Engine:
    return open_database(settings.database_url)


@pytest.fixture
def ann(engine: Engine, settings: Settings) -> Reference:
    return PeopleBank(engine, MasterKey.load(settings.keys, {})).enrol("talent", ANN, [])


@pytest.fixture
def decide(settings: Settings) -> Decide:
    def run(at: datetime, policy: str = POLICY, prompt: str = f"a portrait of {ANN}") -> Outcome:
        with Reviewer(settings, load_policy_text(policy, "test"), clock=lambda: at) as reviewer:
            request = Request(None, (Prompt(text=prompt),))
            (outcome,) = reviewer.review([request], release=Release(territories=("DE",)))
        return outcome

    return run


def grant(engine: Engine, person: Reference, name: str = "G-1", clock: datetime = ENDS) -> Consent:
    scope = Scope(
        purposes=("*",),
        territories=("EU",),
        channels=("*",),
        starts=datetime(2026, 1, 1, tzinfo=UTC),
        ends=ENDS,
    )
    given = Consent(id=name, person=person, uses=("name",), scope=scope)
    ConsentStore(engine, lambda: clock).grant(given, _uid(engine))
    return given


def _uid(engine: Engine) -> str:
    from compliance.banks.find import find_person, known_people

    return str(find_person(known_people(engine), ANN).uid)


def test_a_grant_its_end_and_its_revocation_each_make_another_verdict(
    engine: Engine, ann: Reference, decide: Decide
) -> None:
    before = decide(ENDS)
    grant(engine, ann)
    during, same, after = decide(ENDS), decide(ENDS - SECOND), decide(ENDS + SECOND)
    ConsentStore(engine, lambda: ENDS).revoke("G-1", "asked by letter")
    revoked = decide(ENDS)
    outcomes = [before, during, after, revoked]
    assert [one.verdict.decision for one in outcomes] == ["reject", "approve", "reject", "reject"]
    assert len({one.verdict.key for one in outcomes}) == 4
    assert during.verdict.key == same.verdict.key, "nothing ended between them"


def test_what_is_not_a_minute_old_counts_although_the_reviewer_is_warm(
    engine: Engine, ann: Reference, settings: Settings
) -> None:
    request = Request(None, (Prompt(text=f"a portrait of {ANN}"),))
    policy = load_policy_text(POLICY, "test")
    with Reviewer(settings, policy, clock=lambda: ENDS) as reviewer:

        def now() -> Decision:
            (outcome,) = reviewer.review([request], release=Release(territories=("DE",)))
            return outcome.verdict.decision

        first = now()
        grant(engine, ann)
        second = now()
        ConsentStore(engine, lambda: ENDS).revoke("G-1", "asked by letter")
        assert [first, second, now()] == ["reject", "approve", "reject"]


def test_a_rule_that_only_monitors_and_a_finding_that_counts_for_nothing_rely_on_no_consent(
    engine: Engine, ann: Reference, decide: Decide
) -> None:
    grant(engine, ann)
    (use,) = decide(ENDS).verdict.consents
    assert (use.grant, use.person, use.ends) == ("G-1", "talent/ingeborg-quistgaard", ENDS)
    monitoring = POLICY.replace("    then: reject", "    then: reject\n    status: monitor")
    elsewhere = POLICY.replace("    find:", "    applies: {territories: [US]}\n    find:")
    unexcused = POLICY.replace("    unless: {consent: covers}\n", "")
    for text in (monitoring, elsewhere, unexcused):
        assert decide(ENDS, policy=text).verdict.consents == ()


def test_grants_of_people_whom_nothing_names_are_not_among_the_facts(
    engine: Engine, ann: Reference, decide: Decide
) -> None:
    alone = decide(ENDS, prompt="a red kite")
    grant(engine, ann)
    assert decide(ENDS, prompt="a red kite").verdict.key == alone.verdict.key
