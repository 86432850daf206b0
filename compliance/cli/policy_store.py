"""What the tools of policies read of what is kept: names of banks, and past runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import UsageError
from compliance.settings import Settings

if TYPE_CHECKING:
    from compliance.cli.policy_archive import StoredReview

_SQLITE = "sqlite:///"


def bank_names(settings: Settings) -> list[str] | None:
    """Return the names of the banks that exist, shipped ones included; None where there is no database yet.

    Nothing is made: checking a policy leaves no database behind.
    """
    url = settings.database_url
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).is_file():
        return None
    from compliance.banks.rows import banks_in_use
    from compliance.banks.starter import STARTERS
    from compliance.store.engine import open_database, reading

    with reading(open_database(url)) as connection:
        found = banks_in_use(connection)
    shipped = STARTERS.values() if settings.starter_names else ()
    return sorted(found | {one.bank for one in shipped})


def stored_reviews(places: Sequence[Path]) -> Iterator[StoredReview]:
    """Yield the past reviews at ``places``: folders of runs, runs, or files of 'compliance policy facts'.

    Raises:
        UsageError: there is none at one of them.
    """
    from compliance.cli.policy_archive import review_in, reviews_of
    from compliance.pipeline.runfiles import FACTS

    for place in places:
        if place.is_file() and not (place.parent / FACTS).is_file():
            yield from reviews_of(place)
        else:
            yield from map(review_in, run_folders(place))


def run_folders(where: Path) -> list[Path]:
    """Return the run folders that ``where`` names: itself, or those right below it, oldest first.

    Raises:
        UsageError: there is none.
    """
    from compliance.pipeline.runfiles import FACTS

    folder = where.parent if where.is_file() and (where.parent / FACTS).is_file() else where
    if (folder / FACTS).is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob(f"[!.]*/{FACTS}"))
    if not found:
        raise UsageError(
            "there is no run here",
            expected="the folder of a run, or a folder of them",
            where=str(where),
            fix="run 'compliance review ASSET' first, or name the folder that runs go into",
        )
    return found
