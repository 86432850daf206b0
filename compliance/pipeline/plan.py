"""What has to run for a policy, on what an asset has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from compliance.analyzers.base import AnalyzerSpec
from compliance.errors import PluginError
from compliance.facts import StreamKind
from compliance.media.info import MediaInfo
from compliance.taxonomy import TAXONOMY
from compliance.types import Asset, Source

_BY_STREAM = {
    StreamKind.VIDEO: {Source.FRAME, Source.OCR},
    StreamKind.AUDIO: {Source.AUDIO, Source.SPEECH},
    StreamKind.SUBTITLE: {Source.CAPTION},
}


def analyzers_for(
    wanted: Iterable[str],
    specs: Mapping[str, AnalyzerSpec],
    extra: Iterable[str] = (),
    tier: str = "bundled",
) -> list[str]:
    """Return the analyzers that can find a wanted category, with what they require, in order.

    Args:
        wanted: categories or branches that the rules name.
        specs: the installed analyzers by name.
        extra: further analyzers, by name; where several fill one role, the named one does.
        tier: ``bundled`` or ``full``; ``full`` takes that tier's analyzer of each role, if there is one.

    Raises:
        PluginError: an analyzer requires one that is not installed, or they require one another.
    """
    wanted, extra = tuple(wanted), tuple(extra)
    order: list[str] = []

    def add(name: str, path: tuple[str, ...]) -> None:
        if name in path or name not in specs:
            raise PluginError(
                "analyzers require one another" if name in path else "an analyzer is not installed",
                found=" → ".join((*path, name)),
                fix="install the plug-in that declares it, or take the requirement out",
            )
        for required in specs[name].requires:
            add(required, (*path, name))
        if name not in order:
            order.append(name)

    chosen = filling(specs, extra, tier)
    for name in chosen:
        spec = specs[name]
        if any(TAXONOMY.covers(find, leaf) for find in wanted for leaf in spec.categories):
            add(name, ())
    for name in extra:
        add(name, ())
    if any(Source.SPEECH in specs[name].sources for name in order):
        heard = [name for name in chosen if _only_hears(specs[name])]
        order = heard + [name for name in order if name not in heard]
    return order


def _only_hears(spec: AnalyzerSpec) -> bool:
    """Tell whether an analyzer turns speech into text for those that find something in it."""
    return spec.sources == {Source.SPEECH} and not spec.categories


def filling(specs: Mapping[str, AnalyzerSpec], extra: Sequence[str], tier: str) -> list[str]:
    """Return one analyzer for each role: the one that is named, else the tier's, else the bundled one.

    Raises:
        PluginError: two that are named fill one role.
    """
    chosen: dict[str, str] = {}
    for level in ("bundled", "full") if tier == "full" else ("bundled",):
        chosen |= {spec.fills: name for name, spec in specs.items() if spec.tier == level}
    named: dict[str, str] = {}
    for name in extra:
        role = specs[name].fills if name in specs else name
        if named.setdefault(role, name) != name:
            raise PluginError(
                "two analyzers that are named fill one role",
                expected="one analyzer for each role",
                found=f"{named[role]} and {name}, both for {role}",
                where="setting 'analyzers'",
                fix=f"take {name} or {named[role]} out",
            )
    chosen |= {role: name for role, name in named.items() if name in specs}
    return [name for name in specs if name in chosen.values()]


def idle_analyzers(
    specs: Mapping[str, AnalyzerSpec], is_empty: Callable[[str, str | None], bool]
) -> frozenset[str]:
    """Return the analyzers whose observations nothing would be compared with.

    They find nothing by themselves, and all that read them compare prints of references that no bank holds.

    Args:
        specs: the analyzers that are planned, by name.
        is_empty: tells of a modality and a maker of prints whether no bank holds any.
    """
    readers: dict[str, list[AnalyzerSpec]] = {name: [] for name in specs}
    for spec in specs.values():
        for name in spec.requires:
            readers[name].append(spec)
    return frozenset(
        name
        for name, spec in specs.items()
        if not spec.categories
        and readers[name]
        and all(
            name in one.reads and one.modality and one.prints and is_empty(one.modality, one.prints)
            for one in readers[name]
        )
    )


def applicable_sources(asset: Asset, info: MediaInfo | None) -> frozenset[Source]:
    """Return the sources that an asset has.

    Args:
        asset: the asset.
        info: what its container holds; None where it could not be opened, so that nothing about it
            is proved absent.
    """
    sources = {Source.METADATA} | {prompt.source for prompt in asset.prompts}
    sources |= {file.source for file in asset.captions}
    if asset.path is None:
        return frozenset(sources)
    if info is None:
        return frozenset(sources.union(*_BY_STREAM.values()))
    for stream in info.streams:
        sources |= _BY_STREAM.get(stream.kind, set())
    return frozenset(sources)
