"""Finding and loading plug-ins: the only code that reads entry points.

Built-in analyzers use the same groups, in our own ``pyproject.toml``. An analyzer's entry point names a
class; its module holds the static ``spec`` and imports nothing heavy, so that a catalogue of what is
installed costs milliseconds. The class is called without arguments.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from compliance.analyzers.base import Analyzer, AnalyzerSpec
from compliance.errors import PluginError

ANALYZERS = "compliance.analyzers"
REPORTERS = "compliance.reporters"


def installed(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name.

    Raises:
        PluginError: two distributions declare the same name.
    """
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        known = found.get(entry.name)
        if known is not None and known.value != entry.value:
            raise PluginError(
                "two plug-ins declare the same name",
                expected="one distribution for each name",
                found=f"{_owner(known)} and {_owner(entry)}",
                where=f"{group}: {entry.name}",
                fix=f"pip uninstall {_owner(entry)}",
            )
        found[entry.name] = entry
    return found


def load(group: str, name: str) -> Any:
    """Import and return what the entry point ``name`` of ``group`` names.

    Raises:
        PluginError: nothing has this name, or its import fails; names the distribution.
    """
    return _loaded(group, name, installed(group))


def _loaded(group: str, name: str, entries: Mapping[str, EntryPoint]) -> Any:
    """Load one of ``entries``; reading these from disk costs more than loading all of them."""
    if name not in entries:
        close = difflib.get_close_matches(name, sorted(entries), n=1)
        raise PluginError(
            f"there is no {group.removeprefix('compliance.').removesuffix('s')} {name!r}",
            expected="one of " + ", ".join(sorted(entries)),
            where=group,
            fix=f"write {close[0]!r}" if close else "install the plug-in, or take the name out",
        )
    entry = entries[name]
    try:
        return entry.load()
    except Exception as error:
        raise PluginError(
            "the plug-in does not load",
            found=f"{type(error).__name__}: {error}",
            where=f"{_owner(entry)}: {entry.value}",
            fix=f"pip install --force-reinstall {_owner(entry)}",
        ) from error


def analyzer_specs() -> dict[str, AnalyzerSpec]:
    """Return the spec of every installed analyzer by name, in order of name."""
    specs: dict[str, AnalyzerSpec] = {}
    entries = installed(ANALYZERS)
    for name in sorted(entries):
        spec = getattr(_loaded(ANALYZERS, name, entries), "spec", None)
        if not isinstance(spec, AnalyzerSpec) or spec.name != name:
            raise PluginError(
                "the analyzer's spec does not fit its entry point",
                expected=f"an AnalyzerSpec named {name!r}",
                found=repr(getattr(spec, "name", spec)),
                where=f"{ANALYZERS}: {name}",
            )
        specs[name] = spec
    return specs


def make_analyzers(names: Iterable[str]) -> dict[str, Analyzer]:
    """Make one analyzer for each name; nothing is set up yet."""
    entries = installed(ANALYZERS)
    return {name: _loaded(ANALYZERS, name, entries)() for name in names}


def _owner(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown distribution"
