"""Asking the Hugging Face hub what a card's files are: commit, addresses, sizes and the hub's own digests.

The files themselves come by :mod:`compliance.model_store.download`: the hub's client starts over after an
interruption, and keeps a cache of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance.errors import DigestMismatch, ModelError, ModelMissing
from compliance.model_store.card import UNKNOWN, Card
from compliance.model_store.download import Remote, refused, unreachable

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

_COMMIT: Final = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True)
class HubFiles:
    """A card's files at one commit."""

    commit: str
    """Commit, 40 hex digits."""
    files: Mapping[str, Remote]
    """Each of the card's files by its path."""
    sha256: Mapping[str, str]
    """SHA-256 by path, for what the hub keeps in its large file storage."""
    blobs: Mapping[str, str]
    """Git's own digest by path, for everything else."""

    def check(self, path: str, file: Path) -> None:
        """Compare a small file with the digest that git has of it.

        Raises:
            DigestMismatch: they differ.
        """
        if path not in self.blobs:
            return
        content = file.read_bytes()
        found = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        if found.hexdigest() != self.blobs[path]:
            raise DigestMismatch(
                "a file is not the one that the hub has at this commit, so nothing was kept",
                expected=f"git blob {self.blobs[path]}",
                found=found.hexdigest(),
                where=path,
                fix="pull again; if it stays so, ask who runs the mirror that HF_ENDPOINT names",
            )


def ask_hub(card: Card) -> HubFiles:
    """Resolve the commit of a card's source and find its files.

    Raises:
        ModelError: there is no network, the hub refuses, or it answers with another commit.
        ModelMissing: the commit lacks one of the files.
    """
    from huggingface_hub import constants, get_token, hf_hub_url

    # Otherwise it asks the hub for lists, writes them to the user's cache and says what else is installed.
    constants.HF_HUB_DISABLE_TELEMETRY = True

    repository, revision = card.source.huggingface or "", card.source.revision or UNKNOWN
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    info = _info(repository, None if revision == UNKNOWN else revision, endpoint)
    commit = info.sha or ""
    if not _COMMIT.fullmatch(commit) or (_COMMIT.fullmatch(revision) and commit != revision):
        raise ModelError(
            "the hub names another commit than the card",
            expected=revision if revision != UNKNOWN else "40 hex digits",
            found=commit or "none",
            where=repository,
            fix="correct the revision on the card, or what HF_ENDPOINT names",
        )
    there = {one.rfilename: one for one in info.siblings or ()}
    _check_complete(card, there, commit)
    token = get_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    files, sha256, blobs = {}, {}, {}
    for file in card.files:
        one = there[file.path]
        url = hf_hub_url(repository, file.path, revision=commit, endpoint=endpoint)
        files[file.path] = Remote(url, one.size or 0, headers, hub=True)
        if one.lfs:
            sha256[file.path] = one.lfs.sha256
        elif one.blob_id:
            blobs[file.path] = one.blob_id
    return HubFiles(commit, files, sha256, blobs)


def _info(repository: str, revision: str | None, endpoint: str) -> ModelInfo:
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return HfApi(endpoint=endpoint, library_name="compliance").model_info(
            repository, revision=revision, files_metadata=True, timeout=30
        )
    except HfHubHTTPError as error:
        raise refused(error.response.status_code, repository, hub=True) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise unreachable(endpoint, error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(
            "what answers is no Hugging Face hub",
            expected="an account of the repository as JSON",
            found=f"{type(error).__name__}: {error}",
            where=f"{endpoint}, {repository}",
            fix="correct HF_ENDPOINT, or look for a proxy that answers in the hub's place",
        ) from error


def _check_complete(card: Card, there: Mapping[str, Any], commit: str) -> None:
    missing = [file.path for file in card.files if file.path not in there]
    if missing:
        raise ModelMissing(
            "the hub lacks files that the card lists, so nothing was fetched",
            expected=", ".join(missing),
            found=", ".join(sorted(there)[:20]) or "an empty repository",
            where=f"{card.source.huggingface} at {commit}",
            fix="correct files or revision on the card",
        )
