"""The tree of categories that findings and rules speak of. No I/O.

A category is a dotted path. ``find: pii`` in a rule means every category below ``pii``. Each says in which
sources of an asset it can occur: a rule that names it is complete only when every such source that the
asset has was examined. Plug-ins add categories below ``x-<name>``.

The leaves stand in one module for each branch or few; ``systems`` holds what other makers call them.
"""

from __future__ import annotations

from compliance.taxonomy import (
    brands_and_works,
    claims,
    crime,
    deception,
    hate,
    origin,
    people,
    personal_data,
    senses,
    sexual,
    violence,
)
from compliance.taxonomy.category import (
    ALL,
    AUDIO,
    FRAME,
    METADATA,
    NONE,
    TEXT,
    UNKNOWN,
    Category,
    Crosswalk,
    Severity,
)
from compliance.taxonomy.systems import SYSTEMS, System
from compliance.taxonomy.tree import Hit, Taxonomy

__all__ = [
    "ALL",
    "AUDIO",
    "BRANCHES",
    "FRAME",
    "METADATA",
    "NONE",
    "PRESENCE",
    "SYSTEMS",
    "TAXONOMY",
    "TEXT",
    "UNKNOWN",
    "Category",
    "Crosswalk",
    "Hit",
    "Severity",
    "System",
    "Taxonomy",
]

BRANCHES = {
    "likeness": "People in a bank, by face, voice and name",
    "presence": "Faces and voices, whoever's they are",
    "consent": "People shown or filmed who did not agree to it",
    "pii": "Personal data",
    "brand": "Brands and their marks",
    "ip": "Works, their copies and likenesses",
    "sexual": "Sexual content",
    "violence": "Violence, weapons and extremism",
    "hate": "Hate against groups",
    "harassment": "Abuse of and threats against people",
    "self_harm": "Suicide, self-injury and eating disorders",
    "substances": "Drugs, alcohol and tobacco",
    "gambling": "Games for money",
    "illicit": "Crimes and weapons of mass harm",
    "deception": "What pretends to be what it is not",
    "political": "Politics and elections",
    "claims": "Claims of advertising that need a proof",
    "evasion": "Attempts to get past a generator's or reviewer's rules",
    "accessibility": "What keeps people from hearing, seeing and reading",
    "flash": "Light and patterns that can provoke seizures",
    "provider": "What the provider of the generator asks",
    "disclosure": "Marks that say that media is generated, or advertising",
    "generation": "How media was made",
    "provenance": "Signed accounts of where media comes from",
    "integrity": "Whether media could be examined at all",
}
"""Every branch with one line about it, in the order in which they are shown."""

PRESENCE = {"likeness.face": "presence.face", "likeness.voice": "presence.voice"}
"""What is seen or heard of a person before anybody knows who it is, by the category of a match."""

TAXONOMY = Taxonomy(
    (
        *people.LEAVES,
        *personal_data.LEAVES,
        *brands_and_works.LEAVES,
        *sexual.LEAVES,
        *violence.LEAVES,
        *hate.LEAVES,
        *crime.LEAVES,
        *deception.LEAVES,
        *claims.LEAVES,
        *senses.LEAVES,
        *origin.LEAVES,
    )
)
"""Every category of the package."""
