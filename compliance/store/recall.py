"""What went out on permissions that have ended: grants → verdicts → outputs → publications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.facts import Permit
from compliance.lapses import Lapsed, lapsed
from compliance.store.permissions import Grant, P
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import ConsentUse, PermitUse, Publication, Verdict


@dataclass(frozen=True)
class Recall:
    """One publication that relied on a consent which has ended."""

    publication: Publication
    """What went where, when."""
    asset_name: str
    """File name of what was reviewed."""
    lapsed: tuple[Lapsed, ...]
    """The person's consents that have ended, at least one."""
    last_day: date | None
    """Last day of the release; None where it has none."""
    runs: bool
    """True where the release has not ended at the moment of asking."""

    def lines(self) -> Iterator[str]:
        """Yield the publication, and one line for each consent that it relied on."""
        one = self.publication
        places = " ".join(one.territories) or "everywhere"
        state = "still runs" if self.runs else f"ran to {self.last_day}"
        yield (
            f"{one.at:%Y-%m-%d %H:%M} UTC  {one.where}  {places}  {one.output_sha256}  "
            f"{self.asset_name}  {state}"
        )
        for each in self.lapsed:
            others = f"; still covered by {', '.join(each.covered_by)}" if each.covered_by else ""
            yield f"  relied on {each.use.grant} ({_what(each.use)}), {each.why}{others}"

    def as_json(self) -> dict[str, object]:
        """Return the same for machines."""
        return {
            "publication": self.publication.model_dump(mode="json"),
            "asset_name": self.asset_name,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "still_runs": self.runs,
            "relied_on": [
                {
                    "grant": one.use.grant,
                    "uses": list(one.use.uses) if isinstance(one.use, ConsentUse) else [],
                    "ended": one.since.isoformat() if one.since else None,
                    "why": one.why,
                    "covered_by": list(one.covered_by),
                }
                for one in self.lapsed
            ],
        }


def to_recall(
    store: VerdictStore, grants: Sequence[Grant[P]], standing: Sequence[P], at: datetime
) -> list[Recall]:
    """Return the publications that relied on any of ``grants`` which covers nothing at ``at``, oldest first.

    That is one that has ended, whose person was erased, or that falls short of what holds for minors.
    A publication that ran to its end before the grant did is among them, and says so.

    Args:
        store: where verdicts and publications are.
        grants: all grants about one person, brand or work.
        standing: those of them that may apply, see :meth:`PermissionStore.that_may_apply`.
        at: the moment.

    Raises:
        StoreError: the database cannot be read.
    """
    found = [
        Recall(
            publication,
            verdict.asset_name,
            ended,
            verdict.release.ends,
            runs=verdict.release.ends is None or verdict.release.ends >= at.date(),
        )
        for verdict, ended in _resting(store, grants, standing, at)
        for publication in store.publications(verdict.key)
    ]
    return sorted(found, key=lambda one: (one.publication.at, one.publication.output_sha256))


def unpublished(
    store: VerdictStore, grants: Sequence[Grant[P]], standing: Sequence[P], at: datetime
) -> tuple[str, ...]:
    """Return the digests of signed copies that rely on such a grant and went nowhere that is recorded."""
    found = set[str]()
    for verdict, _ in _resting(store, grants, standing, at):
        signed = {one.output_sha256 for one in store.outputs_of(verdict.key)}
        found |= signed - {one.output_sha256 for one in store.publications(verdict.key)}
    return tuple(sorted(found))


def _resting(
    store: VerdictStore, grants: Sequence[Grant[P]], standing: Sequence[P], at: datetime
) -> Iterator[tuple[Verdict, tuple[Lapsed, ...]]]:
    """Yield each verdict that rests on a grant which covers nothing any more, and those grants."""
    by_id: dict[str, Permit] = {one.id: one for one in standing}
    void = {
        one.permit.id
        for one in grants
        if one.permit.ended(at) or one.permit.id not in by_id or by_id[one.permit.id].objection()
    }
    reasons = {one.revocation.grant: one.revocation.reason for one in grants if one.revocation}
    # What ended before its person was erased says so.
    by_id |= {one.permit.id: one.permit for one in grants if one.permit.ended(at)}
    for verdict in store.relying_on(sorted(void)):
        found = lapsed(verdict, by_id, reasons, at)
        yield verdict, tuple(one for one in found if one.use.grant in void)


def _what(use: PermitUse) -> str:
    """Return what of a person may be used, or the mark or work."""
    return ", ".join(use.uses) if isinstance(use, ConsentUse) else use.subject
