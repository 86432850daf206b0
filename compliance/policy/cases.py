"""Cases of a policy: what was found and where it goes, and what the policy ought to decide about it.

A case says only what matters to it. Unstated, the asset has every source, everything that the policy
needs was examined by calibrated models with filled banks, finalising can fulfil every obligation, and it
is noon of :data:`DAY`. What is expected is compared exactly: a rule that hits and is not listed fails the case.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from compliance.errors import PolicyError
from compliance.facts import Release
from compliance.policy.diagnostics import Diagnostic, SourceText, quoted, render
from compliance.policy.document import read_document
from compliance.policy.load import schema_problems, text_of
from compliance.policy.schema import Id, Sources, Text, Texts
from compliance.taxonomy import TAXONOMY
from compliance.types import Model, Source
from compliance.verdicts import Decision

DAY = date(2026, 1, 1)
"""When a case takes place that does not say it; fixed, so that its outcome never changes by itself."""
_ANY = ("*",)
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def _moment(value: Any) -> Any:
    """Read a moment with its zone; a day stands for its noon in UTC. Anything else is pydantic's to refuse."""
    if not isinstance(value, str):
        return value
    text = f"{value}T12:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        hint = "write a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z"
        raise PydanticCustomError("sense", "this is no moment", {"hint": hint}) from None


def _leaf(path: str) -> str:
    if path in TAXONOMY.leaves:
        return path
    raise PydanticCustomError("category", "no finding has the category '{found}'", {"found": path})


def _gap(text: str) -> str:
    category, _, source = text.partition("/")
    if not any(TAXONOMY.covers(category, leaf) for leaf in TAXONOMY.leaves):
        raise PydanticCustomError(
            "category", "there is no category '{found}'", {"found": category[:60]}
        )
    if source and source not in set(Source):
        hint = f"a source is one of {', '.join(Source)}"
        raise PydanticCustomError("sense", "there is no such source", {"hint": hint})
    return text


def _reference(text: str) -> str:
    if re.fullmatch(r"[^/\s]+/\S+", text):
        return text
    hint = "write BANK/ENTRY, such as talent/ann"
    raise PydanticCustomError("sense", "this does not name the entry of a bank", {"hint": hint})


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment, json_schema_input_type=datetime | date),
]
ReferenceId = Annotated[str, StringConstraints(max_length=200), AfterValidator(_reference)]
Gaps = Annotated[
    tuple[Annotated[str, AfterValidator(_gap)], ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else tuple(value)),
]
_MANY = Field(default=(), max_length=1000)


class FoundInCase(Model):
    """A finding, as far as it matters."""

    category: Annotated[str, AfterValidator(_leaf)]
    """A leaf of the taxonomy."""
    source: Source | None = None
    """Where; needed where the category can occur in several sources."""
    score: float = Field(default=1.0, ge=0.0, le=1.0)
    """0…1; unstated, it is certain."""
    reference: ReferenceId | None = None
    """``bank/entry`` that it was matched to."""
    label: Text | None = None
    """What a person calls the reference."""
    span: tuple[float, float] | None = None
    """First and last second."""
    region: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom, in fractions of the frame."""
    frames: int | None = Field(default=None, ge=1)
    """Examined frames in which it was seen."""
    track: Text | None = None
    """Joins a presence with its matches: those with the same track are of one person. Of a label: its
    wording."""

    @model_validator(mode="after")
    def _placed(self) -> FoundInCase:
        possible = sorted(TAXONOMY.leaves[self.category].sources)
        if self.source is None and len(possible) > 1:
            hint = f"add 'source:' with one of {', '.join(possible)}"
            raise PydanticCustomError(
                "sense", "the finding does not say in which source", {"hint": hint}
            )
        if self.source is not None and self.source not in possible:
            hint = f"it occurs in {', '.join(possible)}"
            raise PydanticCustomError("sense", "the category has no such source", {"hint": hint})
        if self.span and not 0 <= self.span[0] <= self.span[1]:
            raise PydanticCustomError("sense", "'span' is not a first and a last second", {})
        if self.region and not _is_box(self.region):
            hint = "write left, top, right and bottom, each 0…1"
            raise PydanticCustomError("sense", "'region' is not a box in the frame", {"hint": hint})
        return self

    @property
    def place(self) -> Source:
        """The source, stated or the only one possible."""
        return self.source or min(TAXONOMY.leaves[self.category].sources)


def _is_box(region: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = region
    return 0 <= left < right <= 1 and 0 <= top < bottom <= 1


class PermitInCase(Model):
    """A consent or a licence; unstated, it reaches everything and holds always."""

    reference: ReferenceId
    """The person, mark or work."""
    uses: tuple[Literal["face", "voice", "name"], ...] = ("face", "voice", "name")
    """What of a person may be used; a licence does not ask."""
    purposes: Texts = _ANY
    """As :class:`compliance.facts.Scope`, and so are the following."""
    territories: Texts = _ANY
    channels: Texts = _ANY
    starts: Moment = _FIRST
    ends: Moment = _LAST
    revoked: Moment | None = None
    """From this moment on it is void."""


class WaiverInCase(Model):
    """A waiver of one rule for the asset of the case."""

    rule: Id
    """The rule."""
    expires: date = date.max
    """Last day on which it holds."""


class ExpectedPlace(Model):
    """What is decided for one place of the release."""

    territory: Text | None = None
    """As the release names it; left out where it names none."""
    channel: Text | None = None
    """The same."""
    audience: Text | None = None
    """The same."""
    decision: Decision
    """What holds there."""


class Expected(Model):
    """What the policy ought to decide; all of it is exact but ``passed`` and ``places``."""

    decision: Decision
    """The decision."""
    exit_code: Literal[0, 10, 11, 12] | None = None
    """Unstated, that of the decision: 0, 10 or 11; 12 for what was not examined has to be said."""
    hits: Texts = ()
    """Every rule that hits and counts."""
    waived: Texts = ()
    """Every rule that hits and is waived."""
    monitored: Texts = ()
    """Every rule that only monitors and would have hit."""
    passed: Texts = ()
    """Rules that pass, among others."""
    not_examined: Texts = ()
    """Every ``category/source`` that was not examined and that nobody accepted."""
    obligations: Texts = ()
    """Obligations that arise, among others: ``mark c2pa.digital_source_type``."""
    places: tuple[ExpectedPlace, ...] = _MANY
    """Decisions for places of the release, among others."""


class Case(Model):
    """One case."""

    name: Text
    """What it shows, one line; unique within the policy."""
    findings: tuple[FoundInCase, ...] = _MANY
    """What was found; unstated, nothing."""
    release: Release = Release()
    """Where it goes; unstated, everywhere."""
    has: Sources = tuple(Source)
    """Sources that the asset has."""
    not_examined: Gaps = ()
    """``category/source``, or ``category`` for all its sources, that nothing examined."""
    failed: Gaps = ()
    """The same, of what an analyzer that is installed failed to examine."""
    empty_banks: Texts = ()
    """Banks without entries; ``*`` for all."""
    gaps: Texts = ()
    """What of the file could not be read, one sentence each."""
    seconds: float = Field(default=0.0, ge=0.0, le=1e6)
    """How long the clip is, seconds; unstated, nobody knows."""
    consents: tuple[PermitInCase, ...] = _MANY
    """Consents of people."""
    licences: tuple[PermitInCase, ...] = _MANY
    """Licences of marks and works."""
    waivers: tuple[WaiverInCase, ...] = _MANY
    """Waivers of this asset."""
    cannot_carry: Texts = ()
    """Obligations that cannot be fulfilled: the value of a mark, ``label`` or ``watermark``."""
    providers: Texts = ()
    """Host, vendor and model of the generation record; unstated, nobody said."""
    as_of: Moment = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    """The moment of the decision; a day means its noon, UTC."""
    expect: Expected
    """What ought to be decided."""


class Cases(Model):
    """A file of cases."""

    cases: tuple[Case, ...] = Field(min_length=1, max_length=1000)
    """The cases."""


def case_files(policy: Path) -> list[Path]:
    """Return the files with the cases of the policy at ``policy``.

    They are ``tests/*.yaml`` in the folder beside the policy file that has its name without the suffix.
    """
    return sorted((policy.parent / policy.stem / "tests").glob("*.yaml"))


def load_cases(path: Path) -> tuple[Case, ...]:
    """Load a file of cases.

    Raises:
        PolicyError: it cannot be read, or something in it is wrong; lists all of it with its places.
    """
    return load_cases_text(text_of(path), str(path))


def load_cases_text(text: str, name: str) -> tuple[Case, ...]:
    """Load cases from ``text``; ``name`` stands for the file. Raises as :func:`load_cases`."""
    source = SourceText(name, text.removeprefix("\ufeff"))
    root, problems = read_document(source)
    if root is None:
        raise _refused(name, problems)
    try:
        found = Cases.model_validate_json(json.dumps(root.plain()), strict=True).cases
    except ValidationError as error:
        told, left_out = schema_problems(source, root, error, Cases)
        raise _refused(name, [*problems, *told], left_out) from None
    names = [case.name for case in found]
    for index, case in enumerate(found):
        if case.name in names[:index]:
            node, _ = root.follow(("cases", index, "name"))
            message = f"two cases are called {quoted(case.name)}"
            problems.append(source.diagnostic(node.spot, message, "rename one of them"))
    if problems:
        raise _refused(name, problems)
    return found


def _refused(name: str, problems: list[Diagnostic], left_out: int = 0) -> PolicyError:
    return PolicyError(
        f"{render(problems, left_out)}\nthe cases in {name} cannot be read, so none was run",
        fix="edit what is shown above, then run 'compliance policy test' again",
    )
