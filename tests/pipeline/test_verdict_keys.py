"""A verdict's key: the moment counts by what it changes, and by nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.facts import Consent, Facts, Licence, Release, Scope, Waiver
from compliance.findings import Reference
from compliance.pipeline.keys import verdict_key
from compliance.policy.evaluate import evaluate
from compliance.policy.load import load_policy_text
from compliance.policy.schema import Policy
from compliance.types import Asset

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: card, title: No cards, why: Personal, find: pii.payment_card, then: flag}
"""
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
ASSET = Asset(name="clip.mp4", media_sha256="a" * 64)
ANN = Reference(bank="talent", entry="ann", label="Ann Example")
SCOPE = Scope(
    purposes=("*",),
    territories=("*",),
    channels=("*",),
    starts=NOON - timedelta(days=10),
    ends=NOON + timedelta(days=10),
)
CONSENT = Consent(id="C-1", person=ANN, uses=("face",), scope=SCOPE)
LICENCE = Licence(id="L-1", reference=ANN, scope=SCOPE)
WAIVER = Waiver(
    id="W-1",
    asset_sha256=ASSET.id,
    rule="card",
    reason="r",
    owner="o",
    approver="a",
    expires=date(2026, 6, 25),
)


def facts(**changes: object) -> Facts:
    given: dict[str, object] = {
        "asset": ASSET.id,
        "asset_sha256": ASSET.id,
        "reports": (),
        "applicable": (),
        "consents": (CONSENT,),
        "licences": (LICENCE,),
        "waivers": (WAIVER,),
    }
    return Facts(**{**given, **changes})


def key(
    given: Facts | None = None,
    at: datetime = NOON,
    asset: Asset = ASSET,
    policy: str = POLICY,
    replay: bool = False,
) -> str:
    loaded: Policy = load_policy_text(policy, "test")
    given = given or facts()
    result = evaluate(loaded, given, at)
    return verdict_key(asset, loaded.digest, given, (), result, at, replay=replay)


@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(days=9)])
def test_the_bare_moment_is_not_in_the_key(later: timedelta) -> None:
    assert key(at=NOON + later) == key()


@pytest.mark.parametrize("kind", ["consents", "licences", "waivers"])
def test_a_permission_that_ends_makes_another_key(kind: str) -> None:
    alone = facts(**{other: () for other in {"consents", "licences", "waivers"} - {kind}})
    assert key(alone, NOON + timedelta(days=11)) != key(alone)


@pytest.mark.parametrize("kind", ["consents", "licences"])
def test_a_permission_that_is_given_changed_or_revoked_makes_another_key(kind: str) -> None:
    (grant,) = getattr(facts(), kind)
    revoked = grant.model_copy(update={"revoked": NOON + timedelta(days=1)})
    shorter = SCOPE.model_copy(update={"ends": NOON + timedelta(days=5)})
    narrower = grant.model_copy(update={"scope": shorter})
    keys = {key(facts(**{kind: given})) for given in ((), (grant,), (revoked,), (narrower,))}
    assert len(keys) == 4
    late = NOON + timedelta(days=2)
    assert key(facts(**{kind: (revoked,)}), late) != key(facts(**{kind: (revoked,)}))


def test_media_policy_release_and_gaps_are_in_the_key() -> None:
    other = Asset(name="clip.mp4", media_sha256="b" * 64)
    release = Release(territories=("DE",))
    keys = {
        key(),
        key(asset=other),
        key(policy=POLICY.replace("Personal", "Other")),
        key(facts(release=release)),
        key(facts(gaps=("cut short",))),
    }
    assert len(keys) == 5


def test_a_replay_is_never_the_verdict_of_now() -> None:
    assert key(replay=True) != key()
    assert key(replay=True) != key(replay=True, at=NOON + timedelta(seconds=1))
