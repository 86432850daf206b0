"""The tables of the database. Migrations in ``migrations/`` must lead to exactly this."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

REVISION = "0004"
"""The migration that leads to these tables; an older database is upgraded, a newer one refused."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone; SQLite has no zones, so that everything is kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; return the same moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, got {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment with UTC as its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Numbers keep the order of commits, which is why verdicts have one besides their key.
verdicts = Table(
    "verdicts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("asset", String(64), nullable=False, index=True),
    Column("media_sha256", String(64), index=True),
    Column("policy", Text, nullable=False, index=True),
    Column("policy_digest", String(64), nullable=False),
    Column("decision", String(16), nullable=False, index=True),
    Column("complete", Boolean, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("run", Text, nullable=False, index=True),
    Column("document", Text, nullable=False),
    sqlite_autoincrement=True,
)

clearances = Table(
    "clearances",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("verdict_key", ForeignKey("verdicts.key"), nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("document", Text, nullable=False),
    sqlite_autoincrement=True,
)


def _about_outputs(name: str) -> Table:
    """Return a table of documents, each about one signed file and the verdict that let it out."""
    return Table(
        name,
        metadata,
        Column("number", Integer, primary_key=True),
        Column("digest", String(64), nullable=False, unique=True),
        Column("verdict_key", ForeignKey("verdicts.key"), nullable=False, index=True),
        Column("output_sha256", String(64), nullable=False, index=True),
        Column("at", UtcDateTime, nullable=False),
        Column("document", Text, nullable=False),
        sqlite_autoincrement=True,
    )


# Which signed file came from which verdict, so that its digest leads back there.
outputs = _about_outputs("outputs")
# What went where.
publications = _about_outputs("publications")

# Append-only: what happened, in order. It holds digests and keys, never personal data, so that
# erasing a person leaves it whole.
events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(64), nullable=False, index=True),
    Column("subject", String(64), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    sqlite_autoincrement=True,
)

# ``uid`` is random: it binds ciphertexts to their person and salts digests that go elsewhere.
people = Table(
    "people",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("uid", String(32), nullable=False, unique=True),
    Column("bank", String(64), nullable=False),
    Column("entry", String(128), nullable=False),
    Column("name", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("enrolled", UtcDateTime, nullable=False),
    # Stricter consent holds for a minor.
    Column("minor", Boolean, nullable=False, server_default=false()),
    # True where the name is also an everyday word.
    Column("ambiguous", Boolean, nullable=False, server_default=false()),
    # Digest of the written consent to being enrolled, where there is one.
    Column("consent_sha256", String(64)),
    UniqueConstraint("bank", "entry"),
    sqlite_autoincrement=True,
)

templates = Table(
    "templates",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("person", ForeignKey("people.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("modality", String(16), nullable=False),
    Column("model", String(64), nullable=False),
    Column("source_sha256", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # How good the sample was, 0…1; unknown for templates from before it was measured.
    Column("quality", Float),
    sqlite_autoincrement=True,
)

aliases = Table(
    "aliases",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("person", ForeignKey("people.number", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("ambiguous", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("person", "text"),
    sqlite_autoincrement=True,
)

# What holds for all people of a bank; a bank without a row has the defaults.
banks = Table(
    "banks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("biometric_consent", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)


def _permissions(name: str, subject: str) -> Table:
    """Return an append-only table of grants and revocations.

    ``subject`` is ``bank/entry`` and ``uid`` that of what is enrolled there, so that who or what is enrolled
    under the entry of something erased has none of its grants; it is NULL for what is in no database.
    """
    return Table(
        name,
        metadata,
        Column("number", Integer, primary_key=True),
        Column("kind", String(16), nullable=False),
        Column("grant", String(64), nullable=False),
        Column(subject, String(200), nullable=False, index=True),
        Column("uid", String(32)),
        Column("digest", String(64), nullable=False, unique=True),
        Column("at", UtcDateTime, nullable=False),
        Column("document", Text, nullable=False),
        UniqueConstraint("grant", "kind"),
        sqlite_autoincrement=True,
    )


# Documents are a :class:`compliance.facts.Consent` or a ``Licence``, or a ``Revocation`` of one.
consents = _permissions("consents", "person")
licences = _permissions("licences", "reference")

# Brands and works: what is protected, each with names and files. ``kind`` is ``brand`` or ``work``;
# ``details`` is JSON of what is known of one beside its names, such as the rules for a mark of one's own.
items = Table(
    "items",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("uid", String(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("bank", String(64), nullable=False),
    Column("entry", String(128), nullable=False),
    Column("name", Text, nullable=False),
    Column("ambiguous", Boolean, nullable=False, server_default=false()),
    Column("owner", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("added", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "bank", "entry"),
    sqlite_autoincrement=True,
)

item_names = Table(
    "item_names",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("item", ForeignKey("items.number", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("ambiguous", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("item", "text"),
    sqlite_autoincrement=True,
)

# Marks are kept, so that their prints can be made anew; of the media of works only the digest is.
item_files = Table(
    "item_files",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("item", ForeignKey("items.number", ondelete="CASCADE"), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary),
    UniqueConstraint("item", "sha256"),
    sqlite_autoincrement=True,
)

# What an analyzer made of a file: a pure function of its bytes and the maker. Empty where there is nothing to
# compare, such as the sound of a picture.
prints = Table(
    "prints",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("maker", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("sha256", "maker"),
    sqlite_autoincrement=True,
)
