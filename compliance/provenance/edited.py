"""The manifest of an edited copy: the original as parent ingredient, what was done, and no verdict.

An edited copy is a new asset. Nothing that was decided about the original holds for it, so that it carries no
verdict until it was reviewed itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compliance.errors import ProvenanceError
from compliance.provenance.c2pa import EditClaim, sign_edited
from compliance.provenance.formats import can_embed, media_type
from compliance.provenance.manifest import ManifestReading
from compliance.provenance.reader import read_manifest
from compliance.provenance.signers import Signer


@dataclass(frozen=True)
class SignedCopy:
    """An edited copy with its manifest."""

    reading: ManifestReading
    """What was read back."""
    whole: bool
    """False where the original's manifest may show what cannot be taken out of it, and so was left behind."""


def sign_copy(
    rendered: Path,
    signed: Path,
    original: Path,
    names: tuple[str, str],
    description: str,
    signer: Signer,
) -> SignedCopy | None:
    """Write ``rendered`` with its manifest to ``signed``, and read it back.

    Args:
        rendered: the edited media, in a folder that nobody else writes to.
        signed: a new file beside it.
        original: a private copy of the file that it was made from.
        names: titles of the output and of the original.
        description: what was done, without personal data.
        signer: who signs.

    Returns:
        What came of it; None where the container can hold no manifest, and nothing was written.

    Raises:
        ProvenanceError: signing failed, or what lies on the disk does not hold what it should.
    """
    kind = media_type(rendered)
    if kind is None or not can_embed(kind):
        return None
    before = read_manifest(original)
    declared = before.digital_source_types if before.intact else ()
    claim = EditClaim(
        title=names[0],
        parent_title=names[1],
        description=description,
        source_type=declared[0] if len(declared) == 1 else None,
    )
    kept = sign_edited(rendered, signed, kind, original, claim, signer)
    reading = read_manifest(signed)
    parents = [
        one for one in reading.ingredients if one.relationship == "parentOf" and one.depth == 1
    ]
    lost = set(before.all_source_types if before.present else ()) - set(reading.all_source_types)
    if not reading.intact or len(parents) != 1 or lost:
        raise ProvenanceError(
            "the edited copy does not hold what it should, and was not kept",
            expected="an intact manifest with the original as its one parent",
            found=", ".join(reading.failures)
            or f"{len(parents)} parents, source types lost: {sorted(lost)}",
            where=names[0],
            fix="check the signer's key and certificates",
        )
    return SignedCopy(reading, kept or not before.present)
