"""The tree of categories that findings and rules speak of. No I/O.

A category is a dotted path. ``find: pii`` in a rule means every category below ``pii``. Each says in which
sources of an asset it can occur: a rule that names it is complete only when every such source that the
asset has was examined. Plug-ins add categories below ``x-<name>``.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from compliance.errors import UsageError
from compliance.types import Source

TEXT = frozenset(
    {
        Source.PROMPT,
        Source.NEGATIVE_PROMPT,
        Source.REVISED_PROMPT,
        Source.OCR,
        Source.CAPTION,
        Source.SPEECH,
    }
)
FRAME = frozenset({Source.FRAME})
AUDIO = frozenset({Source.AUDIO})
METADATA = frozenset({Source.METADATA})
ALL = TEXT | FRAME | AUDIO


@dataclass(frozen=True)
class Category:
    """One leaf of the tree."""

    path: str
    """Dotted path."""
    definition: str
    """One line."""
    sources: frozenset[Source]
    """Sources of an asset in which it can occur."""


_LEAVES = (
    Category("likeness.face", "A person's face, matched to a bank of people", FRAME),
    Category("likeness.voice", "A person's voice, matched to a bank of people", AUDIO),
    Category("likeness.name", "The name of a person in a bank", TEXT),
    Category("pii.email", "An e-mail address", TEXT),
    Category("pii.phone", "A telephone number", TEXT),
    Category("pii.payment_card", "A payment card number with a valid check digit", TEXT),
    Category("pii.bank_account", "A bank account number, such as an IBAN", TEXT),
    Category("pii.national_id", "A national identity, social security or tax number", TEXT),
    Category("pii.ip_address", "An internet protocol address", TEXT),
    Category("pii.crypto_wallet", "A crypto-currency wallet address", TEXT),
    Category("pii.person", "The name of a person, whoever it is", TEXT),
    Category("pii.place", "The name of a place: a town, region or country", TEXT),
    Category("pii.address", "A postal address or a part of one that leads to a door", TEXT),
    Category("pii.organization", "The name of a company, authority or club", TEXT),
    Category("pii.date", "A date or time, such as a date of birth", TEXT),
    Category("pii.age", "The age of a person", TEXT),
    Category("pii.url", "A web address or domain", TEXT),
    Category("pii.passport", "The number of a passport", TEXT),
    Category("pii.driving_licence", "The number of a driving licence", TEXT),
    Category("pii.vehicle_plate", "The number plate of a vehicle", TEXT),
    Category("pii.document", "An identity document, form or letter, by its wording", TEXT),
    Category(
        "consent.intimate_imagery",
        "Undressing or sexualising somebody who did not agree to it",
        TEXT,
    ),
    Category("consent.covert", "Filming people who do not know that they are filmed", TEXT),
    Category("presence.face", "A face that is seen, whoever's it is", FRAME),
    Category("presence.voice", "A voice that is heard, whoever's it is", AUDIO),
    Category("brand.logo", "A mark of a brand in a bank", FRAME),
    Category("brand.own_misuse", "A mark of one's own, shown against its brand's rules", FRAME),
    Category("brand.name", "The name of a brand in a bank", TEXT),
    Category("ip.copy", "A copy of a registered work, exact or edited", FRAME | AUDIO),
    Category("ip.similarity", "Likeness to a registered work, not a copy", FRAME),
    Category("ip.name", "The name of a work, character, franchise or artist's style", TEXT),
    Category("sexual.explicit", "Sexual acts or genitals shown or described", ALL),
    Category("sexual.suggestive", "Nudity or sexual innuendo short of explicit", ALL),
    Category("sexual.minors", "Any sexualisation of a person under 18", ALL),
    Category("sexual.violence", "Rape and other sexual acts without consent", ALL),
    Category("violence.graphic", "Gore, mutilation or torture", ALL),
    Category("violence.general", "Physical harm to people or animals", ALL),
    Category("violence.weapons", "Weapons shown or described", ALL),
    Category("violence.extremism", "Terrorism and violent extremism, praised or staged", ALL),
    Category("hate.speech", "Attacks on people for a protected characteristic", ALL),
    Category("hate.symbols", "Symbols of hate groups", FRAME),
    Category("harassment.abuse", "Abuse, humiliation or bullying of a person", ALL),
    Category("harassment.threat", "A threat against a person or group", ALL),
    Category("self_harm", "Suicide, self-injury or eating disorders", ALL),
    Category("substances.drugs", "Illegal drugs made, sold, used or praised", ALL),
    Category("substances.alcohol_tobacco", "Alcohol, tobacco or vaping, shown or praised", ALL),
    Category("gambling", "Betting, casinos and games for money", ALL),
    Category(
        "illicit.crime", "Crimes other than those named apart, shown as a guide or praised", ALL
    ),
    Category("illicit.fraud", "Fraud and scams", ALL),
    Category(
        "illicit.mass_weapons",
        "Chemical, biological, radiological, nuclear and explosive weapons",
        ALL,
    ),
    Category("deception.impersonation", "Pretending to be a person or body", ALL),
    Category("deception.staged_event", "An invented event presented as real footage or news", ALL),
    Category("deception.forgery", "Forged documents, money or receipts", ALL),
    Category("political.content", "Parties, candidates, elections and political causes", ALL),
    Category("political.call_to_vote", "A call to vote, or not to vote, for somebody", TEXT),
    Category(
        "political.election_misinformation",
        "False claims about when, where, how or by whom votes are cast or counted",
        TEXT,
    ),
    Category("claims.health", "A claim about health, cure or body", TEXT),
    Category("claims.finance", "A claim about income, returns, credit or savings", TEXT),
    Category("claims.superlative", "A claim to be the best, first or only", TEXT),
    Category("claims.guarantee", "A promise of a result, or of money back", TEXT),
    Category("claims.free", "A claim that something is free or without conditions", TEXT),
    Category("claims.comparative", "A comparison with competitors or with others", TEXT),
    Category("claims.environmental", "A claim about climate, nature or recycling", TEXT),
    Category("evasion.jailbreak", "Words that try to talk a generator out of its rules", TEXT),
    Category(
        "evasion.lure",
        "A protected character, work, brand or person, described without its name",
        TEXT,
    ),
    Category("evasion.disguise", "Text written so that filters do not read it", TEXT),
    Category("provider.terms", "Use that the terms of the generation provider forbid", METADATA),
    Category(
        "accessibility.captions_missing",
        "Speech without captions",
        frozenset({Source.AUDIO, Source.CAPTION}),
    ),
    Category(
        "accessibility.captions_timing",
        "Captions too short, too fast, overlapping or outside the media",
        frozenset({Source.CAPTION}),
    ),
    Category(
        "accessibility.legibility",
        "Text on screen too small, too faint or too short to read",
        frozenset({Source.OCR}),
    ),
    Category("accessibility.loudness", "Loudness or true peak outside the range", AUDIO),
    Category("accessibility.silence", "Sound that is silent for long", AUDIO),
    Category(
        "disclosure.label",
        "A visible label that says that media is generated",
        frozenset({Source.OCR}),
    ),
    Category(
        "disclosure.latent",
        "Metadata that name provider, system with version, time and unique id of the generation",
        METADATA,
    ),
    Category("disclosure.aigc", "The metadata field AIGC of GB 45438-2025", METADATA),
    Category("flash.general", "Flashes of light, more than three in any second", FRAME),
    Category("flash.red", "Flashes to or from saturated red, more than three in any second", FRAME),
    Category("flash.extended", "Two or three flashes a second for more than five seconds", FRAME),
    Category("flash.pattern", "Regular spatial patterns that can provoke seizures", FRAME),
    Category(
        "generation.synthetic", "Made or changed by a generative model, as declared", METADATA
    ),
    Category("provenance.manifest", "A C2PA manifest is there and intact", METADATA),
    Category("provenance.tampered", "A C2PA manifest does not fit the bytes it signs", METADATA),
    Category("provenance.ingredient", "An ingredient's manifest does not validate", METADATA),
    Category("provenance.untrusted", "A C2PA signer is on no trust list at hand", METADATA),
    Category("integrity.undecodable", "Media that could not be fully decoded", METADATA),
)


PRESENCE = {"likeness.face": "presence.face", "likeness.voice": "presence.voice"}
"""What is seen or heard of a person before anybody knows who it is, by the category of a match."""


class Taxonomy:
    """A set of categories that can be looked up by path and by subtree."""

    def __init__(self, leaves: tuple[Category, ...]) -> None:
        self.leaves = {leaf.path: leaf for leaf in leaves}

    def below(self, path: str) -> tuple[Category, ...]:
        """Return the leaves at or below ``path`` (``pii`` or ``pii.*``), in order of path.

        Raises:
            UsageError: where no category has this path; names the nearest ones.
        """
        prefix = path.removesuffix(".*")
        found = [
            leaf
            for key, leaf in self.leaves.items()
            if key == prefix or key.startswith(prefix + ".")
        ]
        if not found:
            near = self.near(path)
            raise UsageError(
                f"there is no category {path!r}",
                expected="a path of the taxonomy" + (f", perhaps {near!r}" if near else ""),
                fix="run 'compliance taxonomy' to see all of them",
            )
        return tuple(sorted(found, key=lambda leaf: leaf.path))

    def near(self, path: str) -> str | None:
        """Return the path or branch most like ``path``, or None."""
        branches = {
            ".".join(key.split(".")[: depth + 1])
            for key in self.leaves
            for depth in range(key.count(".") + 1)
        }
        close = difflib.get_close_matches(path, sorted(branches), n=1, cutoff=0.5)
        return close[0] if close else None

    def covers(self, path: str, category: str) -> bool:
        """Tell whether ``category`` is ``path`` or lies below it."""
        prefix = path.removesuffix(".*")
        return category == prefix or category.startswith(prefix + ".")


TAXONOMY = Taxonomy(_LEAVES)
