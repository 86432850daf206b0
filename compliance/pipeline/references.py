"""References of each modality, read from the banks once for a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from compliance.analyzers.base import References
from compliance.banks.item_references import item_prints, item_texts
from compliance.banks.people import PeopleBank
from compliance.banks.starter import join_starter
from compliance.errors import BankError, ComplianceError

if TYPE_CHECKING:
    from compliance.store.engine import Engine


class BankReader:
    """Gives the references of a modality; names with the shipped ones."""

    def __init__(self, engine: Engine, people: PeopleBank, *, starter_names: bool) -> None:
        """Read nothing yet.

        Args:
            engine: the database of brands and works.
            people: the bank of people.
            starter_names: False leaves out the names that come with the package.
        """
        self._starter_names = starter_names
        self._known: dict[tuple[str, str | None], References] = {}
        self._readers: Mapping[str, Callable[[str | None], References]] = {
            "face": lambda model: people.references("face", model=model),
            "voice": lambda model: people.references("voice", model=model),
            "name": lambda _: people.references("name", model=None),
            "mark": lambda maker: item_prints(engine, "brand", maker or ""),
            "word": lambda _: item_texts(engine, "brand"),
            "work": lambda maker: item_prints(engine, "work", maker or ""),
            "term": lambda _: item_texts(engine, "work"),
        }

    def __call__(self, modality: str, maker: str | None) -> References:
        """Return the references of ``modality`` that ``maker`` (a model's digest, or a maker of prints) made.

        Raises:
            BankError: no bank holds such references, or they cannot be compared.
        """
        reader = self._readers.get(modality)
        if reader is None:
            raise BankError(
                "no bank holds references of this modality",
                expected=" or ".join(self._readers),
                found=modality,
                fix="update compliance to a version that has such banks",
            )
        key = (modality, maker)
        if key not in self._known:
            found = reader(maker)
            self._known[key] = join_starter(modality, found) if self._starter_names else found
        return self._known[key]

    def is_empty(self, modality: str, maker: str | None) -> bool:
        """Tell whether no bank holds such references, and let that stand for as long as this object.

        What is not observed because of it is then not compared either, whatever is added meanwhile.
        """
        key = (modality, maker)
        try:
            empty = len(self(modality, maker)) == 0
        except ComplianceError:  # told where they are compared
            return False
        if not empty:
            del self._known[key]  # read again when it is compared
        return empty
