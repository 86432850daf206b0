"""The one place that catches broadly: a failing analyzer fails its own report, never the run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from compliance.errors import (
    ComplianceError,
    DigestMismatch,
    LicenceRefused,
    ModelIncomplete,
    ModelMissing,
    ModelRefused,
)


class Failures:
    """Which analyzer failed on which asset, and why."""

    def __init__(self) -> None:
        self._why: dict[tuple[str, str], str] = {}
        self._missing: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def guard(self, analyzer: str, assets: Iterable[str]) -> Iterator[None]:
        """Record what is raised inside as a failure of ``analyzer`` on each of ``assets``.

        A model that is corrupt or forbidden is the user's to mend before anything runs, so that
        :class:`DigestMismatch`, :class:`LicenceRefused` and :class:`ModelRefused` go through.
        """
        try:
            yield
        except (DigestMismatch, LicenceRefused, ModelRefused):
            raise
        except Exception as error:  # noqa: BLE001  see the module's docstring
            said = str(error) if isinstance(error, ComplianceError) else ""
            why = said or f"{analyzer} failed with {type(error).__name__}: {error}"
            missing = isinstance(error, ModelMissing) and not isinstance(error, ModelIncomplete)
            with self._lock:
                for key in ((analyzer, asset) for asset in assets):
                    # what else fails after a model was not there, fails for want of it
                    if missing and key not in self._why:
                        self._missing.add(key)
                    self._why.setdefault(key, why)

    def together_or_alone(
        self, analyzer: str, assets: Sequence[str], work: Callable[[Sequence[str]], None]
    ) -> None:
        """Run ``work`` on all of ``assets`` at once; where that fails, on each alone.

        So that one asset that breaks an analyzer does not take the others of its batch with it.
        """
        if len(assets) > 1:
            together = Failures()
            with together.guard(analyzer, assets):
                work(assets)
            if together.why(analyzer, assets[0]) is None:
                return
        for asset in assets:
            with self.guard(analyzer, [asset]):
                work([asset])

    def lacks_model(self, analyzer: str, asset: str) -> bool:
        """Tell whether ``analyzer`` did not look at ``asset`` only because a model of its is not installed.

        One of which a part is there is installed, and broken.
        """
        return (analyzer, asset) in self._missing

    def why(self, analyzer: str, asset: str) -> str | None:
        """Return why ``analyzer`` failed on ``asset``; None where it did not."""
        return self._why.get((analyzer, asset))
