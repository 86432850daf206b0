"""Write a redacted copy of an asset: follow, render, verify, sign, and only then give it its name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from compliance.errors import MediaError, UsageError
from compliance.facts import StreamKind
from compliance.files import sha256_of, sync_folder
from compliance.media.decode import MediaReader
from compliance.media.limits import DecodeLimits
from compliance.provenance.edited import SignedCopy, sign_copy
from compliance.provenance.signers import Signer
from compliance.redaction.anchors import anchored
from compliance.redaction.check import Calm, check_copy, lines_in
from compliance.redaction.edits import Edit, How
from compliance.redaction.forms import STILLS, form_of
from compliance.redaction.render import Paint, Rendered, render
from compliance.redaction.tracking import BEYOND, Follower, working_copy

DIMMING = ((0.5, 0.9), (0.25, 0.75), (0.12, 0.6), (0.06, 0.45), (0.03, 0.27))
"""Steps of dimming, from mild to certain: share of the new frame in the running mean, and what is left of the
light. At 0.27 of the signal white has a relative luminance of 0.06, so that nothing can change by the 0.1 that
WCAG counts as a transition."""
_NO_PROGRESS: Callable[[str, float, float], None] = lambda _name, _done, _total: None  # noqa: E731


@dataclass(frozen=True)
class Redacted:
    """What came of it."""

    output: Path
    """The new file."""
    sha256: str
    """Its digest, 64 hex digits."""
    frames: int
    """Frames of the video stream, or 1."""
    covered: int
    """Frames in which something was covered or dimmed."""
    whole: dict[str, int]
    """By finding: frames that were covered as a whole, because it could not be followed there."""
    findings: tuple[str, ...]
    """Ids of what was covered, dimmed, muted or taken out."""
    signed: bool
    """False where the container can hold no manifest."""
    notes: tuple[str, ...]
    """What else a person should know, one sentence each."""


@dataclass(frozen=True)
class _Followed:
    """What the first pass over the original gave."""

    paint: Paint
    times: tuple[float, ...]
    whole: dict[str, int]
    edits: tuple[Edit, ...]
    """Those that can be done."""
    left: tuple[str, ...]
    """A sentence on each of the others."""


def redact(
    asset_path: Path,
    edits: Sequence[Edit],
    out: Path,
    signer: Signer,
    *,
    crops: dict[str, bytes] | None = None,
    words: frozenset[str] = frozenset(),
    sha256: str | None = None,
    limits: DecodeLimits = DecodeLimits(),  # noqa: B008
    progress: Callable[[str, float, float], None] = _NO_PROGRESS,
) -> Redacted:
    """Write a copy of a media file with ``edits`` done.

    Args:
        asset_path: the original, which is not changed.
        edits: what to cover, dim, mute or take out.
        out: the new file, of the same form; it must not exist.
        signer: who signs the manifest of the copy.
        crops: JPEG of what a finding saw, by its id, which tells in which frame its region was seen.
        words: of text that is covered, folded: metadata that repeats one is left out.
        sha256: digest of the file that the edits are of; None where nobody knows.
        limits: what reading may cost.
        progress: gets a name, what is done and what there is in all, seconds.

    Raises:
        UsageError: nothing is to be done, ``out`` exists or cannot be written, or an edit lies outside.
        MediaError: the file is damaged or of a kind that cannot be redacted, or flashing could not be removed.
        ProvenanceError: signing failed. In every case nothing is left behind.
    """
    if not edits:
        raise UsageError(
            "nothing is said to be redacted", fix="name findings with --find or --finding"
        )
    check_paths(asset_path, out)
    with _workspace(out) as folder:
        private, target = _copied(asset_path, folder, out.name)
        _check_same(private, sha256)
        form = _form_for(private, edits)
        followed = _follow(
            private, anchored(private, edits, crops or {}, limits, progress), limits, progress
        )
        followed = replace(followed, paint=replace(followed.paint, words=words))
        rendered = _render(private, target, form, followed, limits, progress)
        signed = folder / f"signed{asset_path.suffix}"
        names = (out.name, asset_path.name)
        copy = sign_copy(target, signed, private, names, _description(followed.edits), signer)
        final = signed if copy is not None else target
        digest = sha256_of(final)
        _publish(final, out)
    return Redacted(
        output=out,
        sha256=digest,
        frames=rendered.frames,
        covered=len(set(followed.paint.covers) | set(followed.paint.dims)),
        whole=followed.whole,
        findings=tuple(dict.fromkeys(one.finding for one in followed.edits)),
        signed=copy is not None,
        notes=(*followed.left, *_notes(rendered, copy)),
    )


def check_paths(asset: Path, out: Path) -> None:
    """Refuse paths that cannot be, before anything is read.

    Raises:
        UsageError: ``out`` exists, or is of another form.
        MediaError: there is no such asset.
    """
    if out.exists() or out.is_symlink():
        raise UsageError(
            "there is a file of this name already",
            where=str(out),
            fix="name another with --output, or delete it",
        )
    if out.suffix.lower() != asset.suffix.lower():
        raise UsageError(
            "the copy has to be of the same form as the original",
            expected=f"a name that ends with {asset.suffix}",
            found=out.name,
            where="--output",
            fix=f"name it {out.stem}{asset.suffix}",
        )
    if not asset.is_file():
        raise MediaError(
            "there is no such media file", where=str(asset), fix="correct the path of the asset"
        )


def _copied(asset: Path, folder: Path, name: str) -> tuple[Path, Path]:
    """Copy the original into ``folder``, and return where it lies and where the rendered file will."""
    private, target = folder / "original" / asset.name, folder / "rendered" / name
    for path in (private, target):
        path.parent.mkdir()
    shutil.copyfile(asset, private)
    return private, target


def _check_same(private: Path, sha256: str | None) -> None:
    """Refuse a file that was replaced since its findings were read."""
    if sha256 is not None and (found := sha256_of(private)) != sha256:
        raise MediaError(
            "the file is not the one that the findings are of",
            expected=f"SHA-256 {sha256}",
            found=found,
            where=private.name,
            fix="review the file as it is now, and redact by that run",
        )


def _follow(
    path: Path,
    edits: Sequence[Edit],
    limits: DecodeLimits,
    progress: Callable[[str, float, float], None],
) -> _Followed:
    """Read every frame once, and say what is covered in which."""
    seen = [one for one in edits if one.how not in (How.MUTE, How.HUSH)]
    places = [Follower(one) for one in seen if one.how is not How.DIM]
    dark = [one.span for one in seen if one.how is How.DIM]
    times: list[float] = []
    dims: list[int] = []
    with MediaReader(path, limits, every_frame=True) as reader:
        total = reader.info.duration if reader.info and reader.info.duration else 0.0
        main = _main_stream(reader)
        for frame in reader.frames():
            try:
                if frame.stream != main or frame.index < len(
                    times
                ):  # or its look over another background
                    continue
                times.append(frame.time)
                grey = working_copy(frame.pixels) if places else None
            finally:
                frame.release()
            if grey is not None:
                for place in places:
                    place.push(frame.index, frame.time, grey)
            if any(span.start - BEYOND <= frame.time <= span.end + BEYOND for span in dark):
                dims.append(frame.index)
            progress("following", frame.time, total)
        for place in places:
            place.finish()
    if not reader.summary.complete:
        raise _damaged(path, reader.summary.gaps)
    done, left = _in_file(edits, reader)
    _check_inside(done, times, max(total, reader.summary.seconds, times[-1] if times else 0.0))
    _check_met(places)
    whole = {place.edit.finding: place.whole for place in places if place.whole}
    return _Followed(_paint(done, places, dims), tuple(times), whole, done, left)


def _paint(edits: Sequence[Edit], places: Sequence[Follower], dims: Sequence[int]) -> Paint:
    """Return what is done to which frame and stretch."""
    covers: dict[int, list[tuple[How, tuple[float, float, float, float]]]] = {}
    for place in places:
        for index, box in place.covers.items():
            covers.setdefault(index, []).append((place.edit.how, box))
    return Paint(
        covers=covers,
        dims=frozenset(dims),
        mutes=tuple((one.span.start, one.span.end) for one in edits if one.how is How.MUTE),
        hushes=tuple((one.span.start, one.span.end) for one in edits if one.how is How.HUSH),
    )


def _main_stream(reader: MediaReader) -> int:
    """Return the index of the first stream of moving pictures, or of the picture."""
    streams = [one for one in (reader.info.streams if reader.info else ()) if one.kind == "video"]
    moving = [one.index for one in streams if not one.picture]
    return moving[0] if moving else streams[0].index if streams else -1


def _render(
    source: Path,
    target: Path,
    form: str,
    followed: _Followed,
    limits: DecodeLimits,
    progress: Callable[[str, float, float], None],
) -> Rendered:
    """Render, with dimming that grows until nothing flashes any more, and verify what was written."""
    total = followed.times[-1] if followed.times else 0.0
    steps = DIMMING if followed.paint.dims else ((1.0, 1.0),)
    for number, (share, gain) in enumerate(steps, start=1):
        target.unlink(missing_ok=True)
        paint = replace(followed.paint, follow=share, gain=gain)
        rendered = render(
            source, target, form, paint, limits, lambda done: progress("writing", done, total)
        )
        calm = check_copy(target, followed.times, paint, limits)
        if calm is Calm.YES:
            return rendered
        if calm is Calm.UNKNOWN or number == len(steps):
            break
    raise MediaError(
        "the flashing could not be taken out",
        expected="less than two flashes in any second after dimming",
        found="high dynamic range, for which flashing is not measured"
        if calm is Calm.UNKNOWN
        else "more, even at the strongest step",
        where=str(source.name),
        fix="cut the span out where the media was made, or blur it with --how fill",
    )


def _check_inside(edits: Sequence[Edit], times: Sequence[float], end: float) -> None:
    for one in edits:
        if one.span.start > end + BEYOND:
            raise UsageError(
                f"the finding {one.finding} lies outside the asset",
                expected=f"a span within {end:.2f} s",
                found=f"{one.span.start:.2f} to {one.span.end:.2f} s",
                fix="give the findings of this asset",
            )
    if not times and any(one.how not in (How.MUTE, How.HUSH) for one in edits):
        raise UsageError(
            "there is no picture in which anything could be covered",
            fix="leave out the findings that are seen",
        )


def _form_for(path: Path, edits: Sequence[Edit]) -> str:
    """Return the form of a file; refuse edits that it cannot take."""
    form = form_of(path)
    for one in edits:
        if form in STILLS and one.how in (How.DIM, How.MUTE, How.HUSH):
            raise UsageError(
                f"the finding {one.finding} cannot be redacted in a picture",
                expected="blur, pixelate or fill",
                found=f"{one.how}, which needs time",
                fix="name another way with --how",
            )
    return form


def _in_file(
    edits: Sequence[Edit], reader: MediaReader
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Divide edits into those of what lies in the file, and a sentence on each of the others.

    Lines in a file of captions, and what a transcript says of a file without sound, do not lie in the asset.
    """
    said = reader.summary.captions
    heard = reader.info is not None and reader.info.has(StreamKind.AUDIO)
    done: list[Edit] = []
    strange: list[Edit] = []
    for one in edits:
        silent = one.how is How.MUTE and not heard
        unsaid = one.how is How.HUSH and not lines_in(said, one.span.start, one.span.end)
        (strange if silent or unsaid else done).append(one)
    refused = [one for one in strange if one.named or not done]
    if refused:
        raise _not_in_file(refused[0])
    names = dict.fromkeys(one.finding for one in strange)
    left = (f"Left: {name}, which does not lie in the file but in one beside it." for name in names)
    return tuple(done), tuple(left)


def _not_in_file(one: Edit) -> UsageError:
    if one.how is How.MUTE:
        return UsageError(
            f"there is no sound that could be muted for the finding {one.finding}",
            expected="an audio stream in the file",
            found="none",
            fix="leave out --mute, or correct the transcript, and review the asset with it",
        )
    return UsageError(
        f"no subtitle in the file is met by the finding {one.finding}",
        expected="a line of text subtitles in its span",
        found="none: the captions came as a file of their own, or as pictures",
        fix="take the line out of that file, and review the asset with it",
    )


def _check_met(places: Sequence[Follower]) -> None:
    """Refuse an edit that no frame was covered for: what was not covered is never said to be."""
    for one in places:
        if not one.covers:
            raise UsageError(
                f"no frame was met by the finding {one.edit.finding}",
                expected="a span with frames in it",
                found=f"{one.edit.span.start:.3f} to {one.edit.span.end:.3f} s",
                fix="review the asset again, and redact by that run",
            )


def _damaged(path: Path, gaps: Sequence[str]) -> MediaError:
    return MediaError(
        "a file that cannot be read as a whole is not redacted, for what is not seen cannot be covered",
        expected="a file without gaps",
        found=" ".join(gaps[:2]) or "reading ended early",
        where=str(path.name),
        fix="export the file again",
    )


def _description(edits: Sequence[Edit]) -> str:
    ways: dict[str, list[str]] = {}
    for one in edits:
        ways.setdefault(one.how.value, []).append(one.finding)
    said = (f"{how}: {', '.join(dict.fromkeys(ids))}" for how, ids in sorted(ways.items()))
    return "Redacted findings of a review. " + "; ".join(said)


def _notes(rendered: Rendered, copy: SignedCopy | None) -> tuple[str, ...]:
    notes = [f"Left out: {part}." for part in rendered.dropped]
    notes += [f"Sound: {how}." for how in dict.fromkeys(rendered.sound)]
    if copy is not None and not copy.whole:
        notes.append(
            "The original's manifest may show what was covered, so that the copy names its original without it."
        )
    if copy is None:
        notes.append(
            "This container can hold no manifest, so that the copy does not name its original."
        )
    return tuple(notes)


@contextmanager
def _workspace(out: Path) -> Iterator[Path]:
    """Yield a private folder beside the output, gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(dir=out.absolute().parent, prefix=".redacting-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            "the redacted copy cannot be written",
            expected="a readable original, and an output folder that can be written to with room left",
            found=str(error.strerror or error),
            where=str(out),
            fix="name another output file with --output, or make room",
        ) from error


def _publish(final: Path, out: Path) -> None:
    """Give the file its name; a file that appeared there meanwhile is not replaced."""
    with final.open("rb") as file:
        os.fsync(file.fileno())
    os.chmod(final, 0o644)
    os.link(final, out)
    sync_folder(out.absolute().parent)
