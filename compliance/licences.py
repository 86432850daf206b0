"""Making a licence: what the owner of a mark or work permits, checked before anything is recorded."""

from __future__ import annotations

import secrets
from pathlib import Path

from compliance.facts import Licence, Scope
from compliance.findings import Reference
from compliance.scopes import check_scope, evidence_digest


def new_licence(reference: Reference, scope: Scope, evidence: Path) -> Licence:
    """Return a licence with a random identifier; nothing is recorded.

    Args:
        reference: the mark or work.
        scope: where, for what and when; every dimension says something, ``*`` alone means all.
        evidence: the signed paper or file; its digest is taken.

    Raises:
        UsageError: a territory is unknown, a dimension says nothing, the end lies before the start, or the
            evidence is absent or empty.
    """
    check_scope(scope)
    return Licence(
        id=f"L-{secrets.token_hex(8)}",
        reference=reference,
        scope=scope,
        evidence_sha256=evidence_digest(evidence),
    )
