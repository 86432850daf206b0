"""What a policy may say: the language as types, each with its bounds. No I/O.

The names of keys in YAML are the aliases here (``in``, ``except`` and ``from`` are words of Python).
``extends`` and ``override`` are gone when a policy has loaded: :mod:`compliance.policy.extend` applies them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from compliance import territories
from compliance.policy import expressions
from compliance.taxonomy import PRESENCE, TAXONOMY
from compliance.types import Model, Source, digest_of
from compliance.verdicts import Decision

_ID = r"^[a-z0-9]+([._-][a-z0-9]+)*$"

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"\S")]
Version = Annotated[str, StringConstraints(max_length=50, pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]*$")]
Id = Annotated[str, StringConstraints(max_length=100, pattern=_ID)]


def _one_or_many(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def _category(path: str) -> str:
    prefix = path.removesuffix(".*")
    if any(TAXONOMY.covers(prefix, leaf) for leaf in TAXONOMY.leaves):
        return prefix
    raise PydanticCustomError("category", "there is no category '{found}'", {"found": path[:60]})


def _expression(text: str) -> str:
    try:
        expressions.check(text)
    except expressions.ExpressionError as error:
        shown = f"{text[: error.column][-30:]} ⟨here⟩ {text[error.column :][:30]}".strip()
        raise PydanticCustomError("sense", "{said}", {"said": str(error), "hint": shown}) from None
    return text


def _territory(name: str) -> str:
    if territories.known(name):
        return name
    raise PydanticCustomError("territory", "there is no territory '{found}'", {"found": name[:60]})


def _said(value: Any) -> Any:
    """Return ``value`` without empty values, all the way down."""
    if isinstance(value, dict):
        kept = {key: _said(item) for key, item in value.items()}
        return {
            key: item for key, item in kept.items() if item is not None and item not in ({}, [])
        }
    return [_said(item) for item in value] if isinstance(value, list) else value


def category_names() -> list[str]:
    """Return every path that ``find`` may name, branches included, for editors."""
    parts = [leaf.split(".") for leaf in TAXONOMY.leaves]
    return sorted({".".join(p[: depth + 1]) for p in parts for depth in range(len(p))})


CategoryPath = Annotated[
    str, AfterValidator(_category), Field(json_schema_extra={"examples": category_names()})
]
"""A path of the taxonomy; ``pii.*`` is the same as ``pii``."""
Territory = Annotated[str, AfterValidator(_territory)]
Expression = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_expression)
]
_AnySource = Annotated[Source, Field(strict=False)]  # strict mode would refuse its name as text
_MANY = Field(max_length=1000)

# "One text, or a list of them", kept as a tuple; the loader refuses empty lists.
Texts = Annotated[
    tuple[Text, ...], BeforeValidator(_one_or_many, json_schema_input_type=Text | list[Text]), _MANY
]
Categories = Annotated[
    tuple[CategoryPath, ...],
    BeforeValidator(_one_or_many, json_schema_input_type=CategoryPath | list[CategoryPath]),
    Field(min_length=1, max_length=1000),
]
Territories = Annotated[
    tuple[Territory, ...],
    BeforeValidator(_one_or_many, json_schema_input_type=Territory | list[Territory]),
    _MANY,
]
Sources = Annotated[
    tuple[_AnySource, ...],
    BeforeValidator(_one_or_many, json_schema_input_type=Source | list[Source]),
    _MANY,
]


class When(Model):
    """Lower bounds and places in time; a finding counts when it reaches all of them.

    A bound that cannot be measured on a finding (no span, no region) counts as reached.
    """

    min_score: float | None = Field(default=None, ge=0.0, le=1.0)
    """Lowest calibrated score, 0…1."""
    min_seconds: float | None = Field(default=None, ge=0.0, le=1e6)
    """Shortest time span, seconds."""
    min_area_percent: float | None = Field(default=None, ge=0.0, le=100.0)
    """Smallest region, percent of the frame, 0…100."""
    min_frames: int | None = Field(default=None, ge=1, le=1_000_000)
    """Fewest examined frames in which it was seen."""
    after_seconds: float | None = Field(default=None, ge=0.0, le=1e6)
    """It is seen at this time or later, seconds from the start."""
    before_seconds: float | None = Field(default=None, gt=0.0, le=1e6)
    """It is seen before this time; with ``after_seconds``, at some time between the two."""
    min_count: int | None = Field(default=None, ge=1, le=1_000_000)
    """Fewest findings that remain after all other conditions."""

    @model_validator(mode="after")
    def _ordered(self) -> When:
        after, before = self.after_seconds, self.before_seconds
        if after is not None and before is not None and after >= before:
            hint = "swap the two, or nothing is ever seen between them"
            raise PydanticCustomError(
                "sense", "'after_seconds' is not before 'before_seconds'", {"hint": hint}
            )
        return self


class Unless(Model):
    """Mitigations, read for each finding apart."""

    consent: Literal["covers"] | None = None
    """The person of the finding allows this release at this time."""
    licence: Literal["covers"] | None = None
    """A licence for the mark or work of the finding covers this release at this time."""
    declared: Literal["release"] | None = None
    """The release declares the person, brand or work of the finding."""


_DECLARABLE = ("likeness", "brand", "ip")
"""Branches of which a release can declare something."""
_BY_ALIAS = ConfigDict(serialize_by_alias=True)  # so that what is written can be read again


class Applies(Model):
    """Releases that the rule is about; a release that is silent about a dimension is in all of it."""

    model_config = _BY_ALIAS

    territories: Territories = ()
    """ISO 3166-1 alpha-2 codes, US states such as ``US-CA``, ``EU``, ``EEA`` or ``EFTA``."""
    channels: Texts = ()
    """Such as ``tv`` or ``social``; compared without regard to case."""
    audience: Texts = ()
    """Such as ``general`` or ``children``."""
    purpose: Texts = ()
    """Such as ``advertising`` or ``editorial``."""
    provider: Texts = ()
    """Host, vendor or model of the generation record; an asset without a record may be of any."""
    except_provider: Texts = ()
    """The rule is not about assets whose generation record names these alone: host, vendor and model must each
    be listed, as far as the record tells them. An asset without a record may be of any other."""
    from_: date | None = Field(default=None, alias="from")
    """First day on which the rule is in force."""
    until: date | None = None
    """Last day on which the rule is in force, inclusive."""

    @model_validator(mode="after")
    def _ordered(self) -> Applies:
        if self.from_ and self.until and self.from_ > self.until:
            hint = "swap the two, or the rule never applies"
            raise PydanticCustomError("sense", "'from' is later than 'until'", {"hint": hint})
        return self


class Label(Model):
    """A disclosure that people can see or hear."""

    text: Text
    """Its words."""
    place: Literal["start", "throughout", "end", "description"] = "throughout"
    """Where it stands."""
    min_seconds: float | None = Field(default=None, gt=0.0, le=1e6)
    """How long it is shown at least, seconds."""

    def __str__(self) -> str:
        """Return it as obligations show it."""
        length = f", {self.min_seconds:g} s or longer" if self.min_seconds else ""
        return f"“{self.text}” {self.place}{length}"


class Oblige(Model):
    """What finalising must add to the output and prove on it; at least one of the three."""

    mark: Literal["c2pa.digital_source_type"] | None = None
    """A machine-readable mark."""
    label: Label | None = None
    """A visible or audible disclosure."""
    watermark: Text | None = None
    """A watermark that survives what happens to published media, by the name of its scheme."""

    @model_validator(mode="after")
    def _something(self) -> Oblige:
        if self.mark is None and self.label is None and self.watermark is None:
            hint = "name a mark, a label or a watermark"
            raise PydanticCustomError("sense", "'oblige' obliges nothing", {"hint": hint})
        return self

    @property
    def duties(self) -> tuple[tuple[Literal["mark", "label", "watermark"], str], ...]:
        """Kind and value of each duty."""
        named = (("mark", self.mark), ("label", self.label), ("watermark", self.watermark))
        return tuple((kind, str(value)) for kind, value in named if value is not None)  # type: ignore[misc]


class AcceptUnexamined(Model):
    """Somebody answers for categories that nothing examines; reports and signatures repeat it."""

    model_config = _BY_ALIAS

    categories: Categories = Field(alias="category")
    """Paths in the taxonomy, one or many; everything below them is accepted too."""
    sources: Sources = ()
    """Sources in which it is accepted; empty means all."""
    while_: Literal["no_references", "not_installed"] | None = Field(default=None, alias="while")
    """``no_references``: accepted only for as long as the banks hold nothing to compare with; an analyzer that
    fails, or is not there, is not accepted then. ``not_installed``: accepted only for as long as no analyzer or
    model that looks there is installed; one that fails is not accepted then."""
    owner: Text
    """Who answers for it."""
    reason: Text
    """Why."""

    def covers(self, category: str) -> bool:
        """Tell whether ``category`` is one of those accepted."""
        return any(TAXONOMY.covers(path, category) for path in self.categories)


class Rule(Model):
    """One rule."""

    model_config = _BY_ALIAS

    id: Id
    """Unique within the policy: lower-case words joined by ``.``, ``-`` or ``_``."""
    title: Text
    """What the rule says, one line."""
    why: Text | None = None
    """Where it comes from: a law, a contract, a brand guideline."""
    severity: Literal["low", "medium", "high", "critical"] | None = None
    """For reports; it does not decide."""
    owner: Text | None = None
    """Who answers for the rule, where that is not the policy's owner."""
    find: Categories
    """Categories; each names everything below it."""
    in_: Texts = Field(default=(), alias="in")
    """Banks that the reference of a finding must be in; empty means any, or no reference."""
    not_in: Texts = ()
    """Banks that the reference of a finding must not be in; one without a reference counts."""
    except_: Texts = Field(default=(), alias="except")
    """References that do not count: ``bank/entry``, entry or label, exactly."""
    only: Texts = ()
    """The only references that count, by the same names; empty means any, or no reference."""
    unknown: Literal[True] | None = None
    """Faces or voices that were seen or heard count, unless a match to a bank says whose they are; both the
    presence and the match need ``min_score``. With ``unless``, the match must be covered too: everybody must be
    cleared."""
    declared: Literal["missing", "undeclared"] | None = None
    """``missing``: hits for each person, brand or work that the release declares and that was not found.
    ``undeclared``: only what the release does not declare counts."""
    label: Literal["missing"] | None = None
    """Hits where no finding counts: what the rule finds ought to be there."""
    expr: Expression | None = None
    """CEL over the findings that count so far; the rule hits only where it is true. See
    :mod:`compliance.policy.expressions` for what it may say."""
    status: Literal["monitor", "enforce"] = "enforce"
    """``monitor``: reports what it would have done; it decides nothing and needs nothing examined."""
    when: When = When()
    """Lower bounds."""
    unless: Unless = Unless()
    """Mitigations."""
    applies: Applies = Applies()
    """Releases."""
    then: Decision
    """What the rule asks for where it hits."""
    oblige: Oblige | None = None
    """What finalising must add where it hits."""
    send_to: Text | None = None
    """Queue of people who look at it."""

    @property
    def demands_evidence(self) -> bool:
        """True where a verdict is incomplete unless the rule's categories were examined."""
        return self.status == "enforce" and (
            self.then is not Decision.APPROVE or self.oblige is not None
        )

    @model_validator(mode="after")
    def _sensible(self) -> Rule:
        wrong = next(_nonsense(self), None)
        if wrong is not None:
            message, hint = wrong
            raise PydanticCustomError("sense", "{said}", {"said": message, "hint": hint})
        return self


def _nonsense(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield message and hint for keys of a rule that do not go together."""
    conclusions = {
        "unknown": rule.unknown,
        "declared: missing": rule.declared == "missing",
        "label": rule.label,
        "expr": rule.expr,
    }
    given = [name for name, value in conclusions.items() if value]
    if len(given) > 1:
        yield f"{' and '.join(given)} do not go together in one rule", "write a rule for each"
    leaves = {leaf.path for path in rule.find for leaf in TAXONOMY.below(path)}
    if rule.unknown:
        if not leaves <= PRESENCE.keys():
            yield (
                "'unknown' is about faces and voices",
                f"find {' or '.join(PRESENCE)} and nothing else",
            )
        if rule.when.min_score is None:
            yield (
                "'unknown' needs 'when: {min_score: …}'",
                "from which score does a match say who it is?",
            )
        if rule.not_in or rule.except_ or rule.only or rule.declared:
            yield (
                "'unknown' does not go with 'not_in', 'except', 'only' or 'declared'",
                "use 'in' to name banks",
            )
    if rule.declared and any(leaf.split(".")[0] not in _DECLARABLE for leaf in leaves):
        yield "'declared' is about people, brands and works", f"find below {', '.join(_DECLARABLE)}"
    if rule.label and (rule.declared or any(rule.unless.model_dump().values())):
        yield (
            "'label' does not go with 'unless' or 'declared'",
            "a permission would make the label count as missing",
        )
    if rule.declared == "missing" and any(rule.unless.model_dump().values()):
        yield (
            "'declared: missing' does not go with 'unless'",
            "nothing is found that could be covered",
        )


class Override(Model):
    """A change to a rule of the policy that this one extends; kept, so that it is seen."""

    rule: Id
    """Id of the rule."""
    reason: Text
    """Why."""
    owner: Text
    """Who answers for it."""
    remove: Literal[True] | None = None
    """The rule is gone."""
    set: dict[str, Any] | None = None
    """Keys of the rule with their new values."""

    @model_validator(mode="after")
    def _one_of(self) -> Override:
        if (self.remove is None) == (self.set is None):
            hint = "write 'remove: true', or 'set:' with the keys that change"
            raise PydanticCustomError("sense", "an override either removes or sets", {"hint": hint})
        return self


class Policy(Model):
    """A whole policy, defaults filled in."""

    policy: Id
    """The policy's name."""
    version: Version
    """Such as ``1.4.0``."""
    owner: Text
    """Who answers for the policy."""
    status: Literal["draft", "monitor", "enforce"]
    """All decide alike; only ``enforce`` can sign."""
    if_not_examined: Literal["flag", "reject"] = "flag"
    """The mildest decision of an incomplete verdict."""
    accept_unexamined: tuple[AcceptUnexamined, ...] = Field(default=(), max_length=1000)
    """What need not be examined."""
    extended: Text | None = None
    """``name@version`` of the policy that this one extends, filled in by the loader."""
    overrides: tuple[Override, ...] = Field(default=(), max_length=1000)
    """What was changed of it."""
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=1000)
    """The rules; their order does not matter."""

    @model_validator(mode="after")
    def _unique_ids(self) -> Policy:
        ids = [rule.id for rule in self.rules]
        twice = sorted({rule for rule in ids if ids.count(rule) > 1})
        if twice:
            raise PydanticCustomError("duplicate_rule", f"rule ids are not unique: {twice}")
        return self

    @property
    def label(self) -> str:
        """``name@version``, as verdicts show it."""
        return f"{self.policy}@{self.version}"

    @property
    def digest(self) -> str:
        """Digest of the effective policy, 64 hex digits; comments and order of keys do not matter."""
        return digest_of(self.effective())

    def effective(self) -> dict[str, Any]:
        """Return the policy with defaults filled in, by the keys of the language, as JSON values.

        Keys that say nothing are left out, so that the loader takes it back.
        """
        effective: dict[str, Any] = _said(self.model_dump(mode="json", by_alias=True))
        return effective

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule with this id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
