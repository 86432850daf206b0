"""What a C2PA manifest says, as others see it. No I/O; everything here is somebody else's claim.

*Intact*, *trusted* and the CAWG *identity* are three answers. That a manifest is missing or its signer
is unknown is normal: most media has none, and most signers are on no list.
"""

from __future__ import annotations

from typing import Literal

from compliance.provenance.statement import VerdictStatement
from compliance.types import Model

MAX_TEXT = 512
"""Longest text taken over from a manifest, characters; the rest is cut off."""


class IngredientReading(Model):
    """Something that went into the file, with what its own manifest came to when it was added."""

    title: str = ""
    """Its title, at most ``MAX_TEXT`` characters, not escaped."""
    relationship: str = ""
    """``parentOf``, ``componentOf`` or ``inputTo``."""
    depth: int = 1
    """1 for an ingredient of the file itself, 2 for an ingredient of that …"""
    intact: bool | None = None
    """None where the ingredient has no manifest of its own."""
    failures: tuple[str, ...] = ()
    """C2PA status codes of what failed, trust aside."""
    digital_source_types: tuple[str, ...] = ()
    """URIs that its manifest declares."""


class ManifestReading(Model):
    """What was read from one file with the network off."""

    present: bool | None
    """False where there is none; None where that cannot be told."""
    examined: bool = True
    """False where the file could not be searched, or names a manifest that lies elsewhere."""
    intact: bool | None = None
    """Whether the claim's signature and all hashes hold; None where there is no manifest; False also
    where one could not be read."""
    trusted: bool = False
    """Whether the signer's certificate leads to one of the trust anchors given."""
    identity: Literal["none", "not_examined"] = "none"
    """CAWG identity assertions are seen but not validated."""
    signer: str = ""
    """Common name on the signer's certificate."""
    issuer: str = ""
    """Organisation on the signer's certificate."""
    signed_at: str | None = None
    """Moment of a time-stamp, as the manifest gives it; None where there is none."""
    claim_generator: str = ""
    """Software that made the claim."""
    title: str = ""
    """Title of the file, as claimed."""
    digital_source_types: tuple[str, ...] = ()
    """URIs that the file's own manifest declares."""
    ingredients: tuple[IngredientReading, ...] = ()
    """All ingredients, those of ingredients included."""
    failures: tuple[str, ...] = ()
    """C2PA status codes, or the library's error where nothing could be read."""
    verdict: VerdictStatement | None = None
    """Our own assertion, where there is exactly one that can be read. It proves nothing unless
    ``intact``, and names our signer only where ``trusted`` by our own anchors."""
    remote_url: str | None = None
    """Address of a manifest that lies elsewhere; never fetched."""
    note: str = ""
    """One sentence on what could not be told."""

    @property
    def all_source_types(self) -> tuple[str, ...]:
        """Source types of the file and of all its ingredients, each once, in order."""
        found = list(self.digital_source_types)
        for ingredient in self.ingredients:
            found += ingredient.digital_source_types
        return tuple(dict.fromkeys(found))

    @property
    def broken_ingredients(self) -> tuple[IngredientReading, ...]:
        """Ingredients whose own manifests do not hold."""
        return tuple(one for one in self.ingredients if one.intact is False)
