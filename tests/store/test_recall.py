"""What is recalled: every publication whose consent covers nothing any more, whatever the reason."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, insert, update

from compliance.facts import Consent, Release, Scope
from compliance.findings import Reference
from compliance.store.consents import ConsentStore
from compliance.store.engine import writing
from compliance.store.recall import Recall, to_recall, unpublished
from compliance.store.tables import people
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import ConsentUse, Decision, Publication, SignedOutput, Verdict

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANN = Reference(bank="talent", entry="ann", label="Ann Example")
SHA256 = "5" * 64


def grant(name: str) -> Consent:
    scope = Scope(
        purposes=("*",),
        territories=("*",),
        channels=("*",),
        starts=NOON,
        ends=NOON + timedelta(days=9),
    )
    return Consent(id=name, person=ANN, uses=("face",), scope=scope)


def enrol(engine: Engine, uid: str) -> None:
    row = {"uid": uid, "bank": "talent", "entry": "ann", "name": "Ann Example"}
    with writing(engine) as connection:
        connection.execute(insert(people).values(**row, wrapped_key=b"", enrolled=NOON))


@pytest.fixture(autouse=True)
def published(engine: Engine) -> None:
    """One publication under a verdict that relies on a grant of somebody who is enrolled."""
    enrol(engine, "u1")
    given = grant("G-1")
    ConsentStore(engine, lambda: NOON).grant(given, "u1")
    use = ConsentUse(
        grant="G-1", person=ANN.id, uses=("face",), ends=given.scope.ends, findings=("f-1",)
    )
    verdict = Verdict(
        key="k" * 64,
        asset="a" * 64,
        asset_name="spot.mp4",
        parts={},
        policy="test@1.0.0",
        policy_digest="d" * 64,
        policy_status="enforce",
        release=Release(),
        as_of=NOON,
        decision=Decision.APPROVE,
        complete=True,
        consents=(use,),
    )
    store = VerdictStore(engine)
    store.commit(verdict)
    store.add_output(SignedOutput(output_sha256="6" * 64, verdict_key=verdict.key, at=NOON))
    store.add_publication(
        Publication(output_sha256=SHA256, where="tv", at=NOON, verdict_key=verdict.key)
    )


def recalled(engine: Engine) -> list[Recall]:
    """Ask an hour later; what is not published yet is held back for the same reasons."""
    consents, at = ConsentStore(engine, lambda: NOON), NOON + timedelta(hours=1)
    grants, standing = consents.grants([ANN.id]), consents.that_may_apply([ANN.id])
    found = to_recall(VerdictStore(engine), grants, standing, at)
    assert bool(unpublished(VerdictStore(engine), grants, standing, at)) is bool(found)
    return found


def test_nothing_is_recalled_while_the_grant_stands(engine: Engine) -> None:
    assert recalled(engine) == []


def test_what_relied_on_somebody_erased_is_recalled_whoever_has_the_entry_now(
    engine: Engine,
) -> None:
    with writing(engine) as connection:
        connection.execute(delete(people))
    (found,) = recalled(engine)
    assert found.lapsed[0].why == "its person is no longer enrolled"
    enrol(engine, "u2")
    assert len(recalled(engine)) == 1


def test_what_relied_on_somebody_marked_as_a_minor_since_is_recalled(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(people).values(minor=True))
    (found,) = recalled(engine)
    assert "minor" in found.lapsed[0].why


def test_what_was_revoked_before_its_person_was_erased_says_so(engine: Engine) -> None:
    ConsentStore(engine, lambda: NOON).revoke("G-1", "by letter")
    with writing(engine) as connection:
        connection.execute(delete(people))
    (found,) = recalled(engine)
    assert "by letter" in found.lapsed[0].why
