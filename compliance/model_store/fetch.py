"""Bringing a card's files to this machine: the only place that ever downloads a model.

Files are gathered in ``<models>/.partial/<id>/files``, checked there and shown to the user. What the user
accepts becomes ``<models>/<id>``, whole or not at all. A download that was cut off stays in the partial folder,
and the next pull of the same source takes it up.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import quote

from compliance.clock import now
from compliance.errors import DigestMismatch, ModelError, ModelMissing, UsageError
from compliance.files import folder_that_appears_whole, sha256_of
from compliance.model_store.card import UNKNOWN, Card, CardFile
from compliance.model_store.download import Progress, Remote, download
from compliance.model_store.formats import check_formats
from compliance.model_store.receipt import Receipt, read_receipt, write_receipt

PARTIAL: Final = ".partial"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Origin:
    """Where gathered files came from, and what was said of them there."""

    source: str
    """Hub, address or folder."""
    revision: str = UNKNOWN
    """Commit that the hub named, or ``unknown``."""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by path, as hub or mirror state it."""


@dataclass(frozen=True)
class Offer:
    """Gathered files that hold against card, origin and format, for the user to accept or not."""

    card: Card
    """The card."""
    origin: Origin
    """Where they came from."""
    files: tuple[CardFile, ...]
    """Each with digest and size as found."""
    folder: Path
    """Folder that they lie below for now."""


@contextmanager
def workplace(models: Path, card: Card) -> Iterator[Path]:
    """Give the partial folder of a card, to this process alone.

    A download that has begun stays in it for the next time; anything else is cleared away.

    Raises:
        ModelError: another process is at it.
        UsageError: the folder cannot be written to, or the disk is full.
    """
    place = places(models, card.id)[1]
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(place.with_name(card.id + ".lock"), card):
            try:
                yield place
            finally:
                if not _marker(place).is_file():
                    clear(place)
        with suppress(OSError):  # others may be at work in it
            place.parent.rmdir()
    except OSError as error:
        full = error.errno in _FULL
        raise UsageError(
            "there is no room left for the model" if full else "the model cannot be written",
            expected="room for its files" if full else "a folder that this user may write to",
            found=str(error.strerror or error),
            where=str(models),
            fix="make room, or set COMPLIANCE_MODELS to a folder with room, and pull again; a download "
            "that was cut off is taken up"
            if full
            else "set COMPLIANCE_MODELS to a folder that you can write to",
        ) from error


def from_network(card: Card, place: Path, progress: Progress) -> Origin:
    """Download a card's files into ``place``.

    Args:
        card: what is pulled; its source is a hub or an address.
        place: the partial folder.
        progress: told the bytes that have come, by file.

    Raises:
        ModelError: there is no network, or a server refuses or lacks something.
        DigestMismatch: a file is not what the hub says it is; nothing is kept.
        OSError: it cannot be written.
    """
    _refuse_offline(card)
    if card.source.huggingface:
        return _from_hub(card, place, progress)
    url = card.source.url or ""
    _begin(place, url)
    if url.endswith(".zip"):
        return _from_archive(card, url, place, progress)
    files = {
        file.path: Remote(f"{url.rstrip('/')}/{quote(file.path)}", _size(file))
        for file in card.files
    }
    _download_all(files, place, progress)
    return Origin(url)


def from_folder(card: Card, folder: Path, place: Path, progress: Progress) -> Origin:
    """Copy a card's files from ``folder``, which may be a mirror with a receipt, into ``place``.

    Raises:
        ModelMissing: a file is not there.
        ModelError: a file lies outside, or the receipt is of another model or commit.
        OSError: it cannot be written.
    """
    clear(place)
    if not folder.is_dir():
        raise ModelMissing(
            "there is no folder to take the model from",
            expected=f"a folder with {', '.join(file.path for file in card.files)}",
            where=str(folder),
            fix="name a mirror: 'compliance models pull ID --from DIR' reads DIR/ID; or name the folder "
            "itself: 'compliance models import ID FOLDER'",
        )
    receipt = read_receipt(folder)
    if receipt:
        _check_receipt(card, receipt, folder)
    for file in card.files:
        source = folder / file.path
        if not source.resolve().is_relative_to(folder.resolve()):
            raise ModelError(
                "a link leads out of the folder that the model is taken from, so it is not followed",
                expected=f"a file below {folder}",
                found=str(source.resolve()),
                where=str(source),
                fix="copy the folder with its links resolved, such as by 'cp -rL'",
            )
        _copy(source, files_in(place) / file.path, card, progress)
    if receipt is None:
        return Origin(str(folder))
    digests = {file.path: file.sha256 for file in receipt.files}
    return Origin(f"{folder}, which has it from {receipt.source}", receipt.revision, digests)


def from_files(card: Card, paths: Sequence[Path], place: Path, progress: Progress) -> Origin:
    """Copy files that are named one by one, known by their names, into ``place``.

    Raises:
        UsageError: a name fits no file of the card, or several.
        ModelMissing: a file was not named, or is not there.
        OSError: it cannot be written.
    """
    clear(place)
    names = [file.path.rpartition("/")[2] for file in card.files]
    for path in paths:
        if names.count(path.name) != 1:
            raise UsageError(
                "the file cannot be told by its name",
                expected=f"one of {', '.join(file.path for file in card.files)}, no two of one name",
                found=path.name,
                where=str(path),
                fix="name a folder in which the files lie as on the card",
            )
    given = {path.name: path for path in paths}
    missing = sorted(set(names) - set(given))
    if missing:
        raise ModelMissing(
            "not all of the model's files were named",
            expected=", ".join(missing),
            where=card.id,
            fix="name them too, or a folder that holds all of them",
        )
    for file, name in zip(card.files, names, strict=True):
        _copy(given[name], files_in(place) / file.path, card, progress)
    return Origin(", ".join(str(path) for path in paths))


def examined(card: Card, origin: Origin, place: Path, progress: Progress) -> Offer:
    """Check what was gathered: sizes, digests against card and origin, formats.

    Raises:
        DigestMismatch: a file differs; nothing is kept.
        ModelError: a file is of a format that is refused; nothing is kept.
    """
    found = []
    try:
        for count, file in enumerate(card.files):
            path = files_in(place) / file.path
            progress("checking digests", count, len(card.files))
            one = CardFile(path=file.path, sha256=sha256_of(path), size=path.stat().st_size)
            _check(card, file, one, origin)
            found.append(one)
        check_formats(card, files_in(place))
    except ModelError:
        clear(place)
        raise
    return Offer(card, origin, tuple(found), files_in(place))


def keep(offer: Offer, models: Path) -> Receipt:
    """Give accepted files their place below ``models``, with a receipt.

    Raises:
        ModelError: the model is there already.
        OSError: it cannot be written.
    """
    target = models / offer.card.id
    if target.exists():
        raise ModelError("the model is there already", where=str(target))
    receipt = Receipt(
        id=offer.card.id,
        source=offer.origin.source,
        revision=offer.origin.revision,
        files=offer.files,
        weight_licence=offer.card.weight_licence,
        commercial_use=offer.card.commercial_use,
        accepted=now(),
    )
    with folder_that_appears_whole(target) as folder:
        for file in offer.files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            os.rename(offer.folder / file.path, path)
        write_receipt(folder, receipt)
    clear(offer.folder.parent)
    return receipt


def places(models: Path, name: str) -> tuple[Path, Path]:
    """Return the folder of a model, and its partial folder; neither need exist."""
    return models / name, models / PARTIAL / name


def delete(models: Path, name: str) -> None:
    """Delete a model, so that an interruption leaves no half of it, and its partial folder.

    Raises:
        OSError: it cannot be deleted.
    """
    folder, place = places(models, name)
    clear(place)
    going = place.with_name(name + ".removed")
    clear(going)
    if folder.is_dir():
        going.parent.mkdir(exist_ok=True, mode=0o700)
        folder.rename(going)
        shutil.rmtree(going)
    with suppress(OSError):  # others may be at work in it
        going.parent.rmdir()


def clear(place: Path) -> None:
    """Delete what was gathered in a partial folder."""
    shutil.rmtree(place, ignore_errors=True)


def files_in(place: Path) -> Path:
    """Return the folder that a card's files lie below in a partial folder."""
    return place / "files"


def _from_hub(card: Card, place: Path, progress: Progress) -> Origin:
    from compliance.model_store.hub import ask_hub

    hub = ask_hub(card)
    source = f"huggingface {card.source.huggingface}"
    _begin(place, f"{source} at {hub.commit}")
    _download_all(hub.files, place, progress)
    try:
        for file in card.files:
            hub.check(file.path, files_in(place) / file.path)
    except DigestMismatch:
        clear(place)
        raise
    return Origin(source, hub.commit, hub.sha256)


def _from_archive(card: Card, url: str, place: Path, progress: Progress) -> Origin:
    """Download a zip and take the card's files out of it by name; nothing else in it is looked at."""
    wanted = [file for file in card.files if not (files_in(place) / file.path).is_file()]
    if not wanted:
        return Origin(url)
    archive = place / "archive.zip"
    download(Remote(url), archive, url.rpartition("/")[2], progress)
    try:
        with zipfile.ZipFile(archive) as packed:
            _make_room(sum(_member(packed, file, url).file_size for file in wanted), place)
            for file in wanted:
                target = files_in(place) / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(_member(packed, file, url)) as member, target.open("wb") as out:
                    shutil.copyfileobj(member, out, 1 << 20)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        clear(place)
        raise ModelError(
            "the archive is damaged or locked, so nothing was kept",
            expected="a zip without a password",
            found=" ".join(str(error).split()),
            where=url,
            fix="pull again; if it stays so, correct the source on the card",
        ) from error
    except ModelMissing:
        clear(place)
        raise
    archive.unlink()
    return Origin(url)


def _member(packed: zipfile.ZipFile, file: CardFile, url: str) -> zipfile.ZipInfo:
    try:
        return packed.getinfo(file.path)
    except KeyError as error:
        raise ModelMissing(
            "the archive lacks a file that the card lists",
            expected=file.path,
            found=", ".join(packed.namelist()[:20]),
            where=url,
            fix="correct files or source on the card",
        ) from error


def _download_all(files: Mapping[str, Remote], place: Path, progress: Progress) -> None:
    missing = {path: one for path, one in files.items() if not (files_in(place) / path).is_file()}
    _make_room(sum(one.size for one in missing.values()) - _begun(place), place)
    for path, remote in missing.items():
        download(remote, files_in(place) / path, path, progress)


def _make_room(size: int, place: Path) -> None:
    """Refuse at once what the disk has no room for."""
    if size > shutil.disk_usage(place).free:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)}: {size} bytes are needed")


def _begun(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*.part"))


def _begin(place: Path, source: str) -> None:
    """Keep what an earlier pull of the very same source left; clear what is of another."""
    marker = _marker(place)
    if not marker.is_file() or marker.read_text("utf-8") != source:
        clear(place)
        files_in(place).mkdir(parents=True, mode=0o700)
        marker.write_text(source, "utf-8")


def _marker(place: Path) -> Path:
    return place / "source"


def _copy(source: Path, target: Path, card: Card, progress: Progress) -> None:
    if not source.is_file():
        raise ModelMissing(
            "a file of the model is not there",
            expected=source.name,
            where=str(source),
            fix=f"put it there, or name where it is; 'compliance models show {card.id}' lists all files",
        )
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        file = source.open("rb")
    except OSError as error:
        raise UsageError(
            "the file may not be read", found=str(error.strerror), where=str(source)
        ) from error
    size = source.stat().st_size
    _make_room(size, target.parent)
    with file, target.open("wb") as copy:
        while piece := file.read(1 << 20):
            copy.write(piece)
            progress(source.name, copy.tell(), size)


def _check(card: Card, listed: CardFile, found: CardFile, origin: Origin) -> None:
    said = {
        "the card": listed.sha256,
        "where it came from": origin.sha256.get(listed.path, UNKNOWN),
    }
    for who, digest in said.items():
        if digest not in (UNKNOWN, found.sha256):
            _differs(card, f"SHA-256 {digest}, by {who}", found.sha256, found.path)
    if listed.size not in (UNKNOWN, found.size):
        _differs(card, f"{listed.size} bytes, by the card", f"{found.size} bytes", found.path)


def _differs(card: Card, expected: str, found: str, path: str) -> NoReturn:
    raise DigestMismatch(
        "a file is not the one that was announced, so nothing was kept",
        expected=expected,
        found=found,
        where=f"{card.id}: {path}",
        fix="pull again; if it stays so, do not use it: ask who made the card or runs the server",
    )


def _check_receipt(card: Card, receipt: Receipt, folder: Path) -> None:
    """Refuse a mirror's folder of another model, or of another commit than the card names."""
    revision = card.source.revision or UNKNOWN
    other = receipt.id != card.id
    if other or (UNKNOWN not in (revision, receipt.revision) and revision != receipt.revision):
        raise ModelError(
            "the receipt in this folder is of another model or commit",
            expected=f"{card.id} at {revision}",
            found=f"{receipt.id} at {receipt.revision}",
            where=str(folder),
            fix="name the folder of this model, or pull it afresh on the machine that it comes from",
        )


def _size(file: CardFile) -> int:
    return file.size if isinstance(file.size, int) else 0


def _refuse_offline(card: Card) -> None:
    """Honour whoever said that this machine has no business on the network."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        if os.environ.get(name, "").upper() in ("1", "ON", "YES", "TRUE"):
            raise ModelError(
                "nothing is fetched, because the environment says that this machine is offline",
                found=f"{name}={os.environ[name]}",
                where=card.id,
                fix=f"unset {name}, or take the files from a mirror: "
                f"'compliance models pull {card.id} --from DIR'",
            )


@contextmanager
def _alone(lock: Path, card: Card) -> Iterator[None]:
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_nlink == 0:  # whoever held it has just unlinked it
                raise BlockingIOError
        except BlockingIOError as error:
            raise ModelError(
                "another process is fetching this model", where=card.id, fix="wait for it to end"
            ) from error
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
