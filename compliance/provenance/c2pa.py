"""The only importer of the C2PA library: reads manifests, network off, and signs approved files.

Kept light, because the process that reads a manifest imports it each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from compliance.errors import ProvenanceError
from compliance.provenance.files import opened
from compliance.provenance.payloads import has_files, payloads

if TYPE_CHECKING:
    import c2pa

    from compliance.provenance.approval import Approval
    from compliance.provenance.signers import Signer

SIGNING_USES = (
    "1.3.6.1.5.5.7.3.4",  # e-mail protection
    "1.3.6.1.5.5.7.3.36",  # document signing
    "1.3.6.1.5.5.7.3.8",  # time stamping
    "1.3.6.1.5.5.7.3.9",  # OCSP signing
    "1.3.6.1.4.1.62558.2.1",  # C2PA claim signing
)
"""Extended key usages that count: ``store.cfg`` of the C2PA trust list, August 2026."""

MAX_TEXT = 512
"""Longest text put into a manifest besides the verdict, characters."""

_OFFLINE: dict[str, Any] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": [], "decode_identity_assertions": False},
    "builder": {"thumbnail": {"enabled": False}},
}


class Readable(Protocol):
    """An open file, as far as the library needs one that it only reads."""

    def read(self, count: int = -1, /) -> bytes:
        """Return up to ``count`` bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to an offset."""

    def tell(self) -> int:
        """Return the offset."""

    def write(self, data: bytes, /) -> int:
        """Asked for, and never called."""

    def flush(self) -> None:
        """Asked for, and never called."""


@dataclass(frozen=True)
class Claim:
    """What a new manifest says besides the verdict."""

    title: str
    """Title of the output."""
    source_type: str | None
    """Full URI of the digital source type; None where nobody said."""
    generator: str
    """Model or service that made the media, ``unknown`` where nobody said."""
    parent: bool
    """True where the input becomes a parent ingredient, which keeps its own manifest."""


@dataclass(frozen=True)
class EditClaim:
    """What the manifest of an edited copy says."""

    title: str
    """Title of the output."""
    parent_title: str
    """Title of the original."""
    description: str
    """What was done, for a reader; no personal data, since it cannot be changed once signed."""
    source_type: str | None
    """Digital source type that the original's own intact manifest declares, full URI; None where none does."""


@dataclass(frozen=True)
class Parent:
    """An open file that becomes the parent ingredient."""

    file: BufferedReader
    kind: str
    """Media type."""
    title: str


def prepare(anchors: str | None) -> c2pa.Context:
    """Return the library's settings: network off, and only ``anchors`` (PEM) trusted."""
    import c2pa

    trust = {"trust_config": "\n".join(SIGNING_USES) + "\n"}
    if anchors:
        trust["trust_anchors"] = anchors
    return c2pa.Context(settings=c2pa.Settings.from_dict({**_OFFLINE, "trust": trust}))


def inspect(file: Readable, context: c2pa.Context) -> dict[str, Any]:
    """Read and validate the manifest of an open file.

    Returns:
        ``report``, which is the library's JSON or None where there is no manifest; or ``error`` and
        ``message``, the library's own. ``reading.read_answer`` says what they mean.
    """
    import c2pa

    try:
        reader = c2pa.Reader.try_create("", file, context=context)
        if reader is None:
            return {"report": None}
        with reader:
            return {"report": json.loads(reader.json())}
    except c2pa.C2paError as error:
        return {"error": type(error).__name__.removeprefix("_C2pa"), "message": str(error)}


def sign_manifest(
    approval: Approval, source: Path, output: Path, kind: str, claim: Claim, signer: Signer
) -> None:
    """Write ``source`` with a manifest to ``output``, a new file. Not atomic: see ``finalise``.

    Args:
        approval: the right to sign exactly one input.
        source: the reviewed file; nobody else may be able to write to it meanwhile.
        output: path to write to.
        kind: media type of ``source``.
        claim: what the manifest says besides the verdict.
        signer: who signs.

    Raises:
        ProvenanceError: ``source`` is not the reviewed file, or the signer or the library fails.
    """
    with opened(source) as file:
        _check_input(approval, hashlib.file_digest(file, "sha256").hexdigest())
        file.seek(0)
        parent = Parent(file, kind, approval.verdict.asset_name) if claim.parent else None
        _sign(_definition(approval, claim), file, output, kind, parent, signer)


def sign_edited(
    rendered: Path, output: Path, kind: str, original: Path, edit: EditClaim, signer: Signer
) -> bool:
    """Write ``rendered`` with a manifest of what was edited, and from what, to ``output``, a new file.

    It holds no verdict: that a file was edited here says nothing about whether it may go out. The original
    becomes the parent ingredient and keeps its own manifest, without what may show what was covered; where
    that cannot be taken out, the parent is named without its manifest. Not atomic.

    Args:
        rendered: the edited file; nobody else may be able to write to it meanwhile.
        output: path to write to.
        kind: media type of both files.
        original: what it was made from.
        edit: what the manifest says.
        signer: who signs.

    Returns:
        Whether the original's own manifest went along.

    Raises:
        ProvenanceError: a file cannot be read, or the signer or the library fails.
    """
    with opened(rendered) as file, opened(original) as before:
        with prepare(None) as context:
            pictures, stuck = payloads(_manifests(before, context, original))
        parent = Parent(before, kind, edit.parent_title)
        if not stuck:
            before.seek(0)
            store = _sign(_edited(edit, pictures), file, output, kind, parent, signer)
            if not has_files(store) and not _shows(output):
                return True
            output.unlink()
        file.seek(0)
        store = _sign(_edited_alone(edit, kind), file, output, kind, None, signer)
        if has_files(store) or _shows(output):
            raise _pictures_left(output)
    return False


def _shows(path: Path) -> bool:
    """Tell whether any manifest of a file may show a picture."""
    with opened(path) as file, prepare(None) as context:
        pictures, stuck = payloads(_manifests(file, context, path))
    return stuck or bool(pictures)


def _manifests(file: Readable, context: c2pa.Context, path: Path) -> dict[str, Any]:
    """Return all manifests of an open file with all that they say, by label.

    Raises:
        ProvenanceError: there is a manifest that cannot be read, and so nobody knows what it shows.
    """
    import c2pa

    try:
        reader = c2pa.Reader.try_create("", file, context=context)
        if reader is None:
            return {}
        with reader:
            found: dict[str, Any] = json.loads(reader.detailed_json())["manifests"]
            return found
    except c2pa.C2paError as error:
        raise _pictures_left(path) from error


def _sign(
    definition: dict[str, Any],
    file: BufferedReader,
    output: Path,
    kind: str,
    parent: Parent | None,
    signer: Signer,
) -> bytes:
    """Sign an open file into ``output``, and return the manifest store that went into it."""
    import c2pa

    errors: list[Exception] = []

    def callback(data: bytes) -> bytes:
        try:
            return signer.sign(data)
        except Exception as error:
            # The library would turn it into a log line; it is raised again below.
            errors.append(error)
            raise

    try:
        with (
            prepare(None) as context,
            c2pa.Builder(definition, context) as builder,
            c2pa.Signer.from_callback(
                callback,
                c2pa.C2paSigningAlg[signer.algorithm],
                signer.certificates,
                signer.timestamp_url,
            ) as native,
            output.open("x+b") as target,
        ):
            if parent is not None:
                ingredient = {
                    "title": parent.title,
                    "relationship": "parentOf",
                    "instance_id": "parent",
                }
                builder.add_ingredient(ingredient, parent.kind, parent.file)
                file.seek(0)
            return bytes(builder.sign(native, kind, file, target))
    except c2pa.C2paError as error:
        raise _signing_failed(errors[0] if errors else error, output) from error


def _definition(approval: Approval, claim: Claim) -> dict[str, Any]:
    """Describe the manifest; ``created`` marks assertions that the signer itself answers for."""
    statement = approval.statement
    action: dict[str, Any]
    if claim.parent:
        action = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    else:
        action = {"action": "c2pa.created"}
        if claim.generator != "unknown":
            action["softwareAgent"] = {"name": claim.generator[:MAX_TEXT]}
    if claim.source_type:
        action["digitalSourceType"] = claim.source_type
    actions = {"actions": [action], "allActionsIncluded": True}
    return {
        "claim_generator_info": [{"name": "compliance"}],
        "title": claim.title[:MAX_TEXT],
        "assertions": [
            {"label": statement.type, "data": statement.model_dump(mode="json"), "created": True},
            {"label": "c2pa.actions.v2", "data": actions, "created": True},
        ],
    }


def _edited(edit: EditClaim, pictures: Sequence[str]) -> dict[str, Any]:
    """Describe the manifest of an edited copy in C2PA's own actions.

    That all actions are included is not claimed: metadata and streams that were left out are not listed.

    Args:
        edit: what it says.
        pictures: addresses of assertions in the original's manifests, which are taken out: they may show what
            was covered.
    """
    opened_action: dict[str, Any] = {
        "action": "c2pa.opened",
        "parameters": {"ingredientIds": ["parent"]},
    }
    if edit.source_type:
        opened_action["digitalSourceType"] = edit.source_type
    agent = {"name": "compliance redact"}
    changed = {
        "action": "c2pa.edited",
        "description": edit.description[:MAX_TEXT],
        "softwareAgent": agent,
    }
    encoded = {"action": "c2pa.transcoded", "softwareAgent": agent}
    taken_out = [
        {"action": "c2pa.redacted", "reason": "c2pa.PII.present", "parameters": {"redacted": one}}
        for one in pictures
    ]
    actions = {"actions": [opened_action, changed, encoded, *taken_out]}
    return {
        "claim_generator_info": [{"name": "compliance"}],
        "title": edit.title[:MAX_TEXT],
        "redactions": list(pictures),
        "assertions": [{"label": "c2pa.actions.v2", "data": actions, "created": True}],
    }


def _edited_alone(edit: EditClaim, kind: str) -> dict[str, Any]:
    """Describe the same with a parent that is named alone, without its manifest."""
    parent = {
        "title": edit.parent_title,
        "format": kind,
        "relationship": "parentOf",
        "instance_id": "parent",
    }
    return {**_edited(edit, ()), "ingredients": [parent]}


def _check_input(approval: Approval, sha256: str) -> None:
    reviewed = approval.verdict.parts["media"]
    if sha256 != reviewed:
        raise ProvenanceError(
            "the file is not the one that was reviewed",
            expected=f"SHA-256 {reviewed}",
            found=sha256,
            where=approval.verdict.asset_name,
            fix="review the file as it is now",
        )


def _pictures_left(path: Path) -> ProvenanceError:
    return ProvenanceError(
        "the copy could not be signed, for the original's manifest may show what was covered",
        expected="a manifest that can be read, so that its pictures can be taken out",
        found="a damaged one, or pictures that stay",
        where=path.name,
        fix="export the original again without Content Credentials, review that, and redact it",
    )


def _signing_failed(cause: Exception, source: Path) -> ProvenanceError:
    return ProvenanceError(
        "signing failed, and nothing was published",
        expected="a signer that returns a signature by the key of its certificate",
        found=f"{type(cause).__name__.removeprefix('_')}: {str(cause)[:MAX_TEXT]}",
        where=str(source),
        fix="check the signer's key, certificates and time-stamp service, and room on the disk",
    )
