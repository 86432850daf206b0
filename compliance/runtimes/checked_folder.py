"""A folder that holds a model's checked files and nothing else, for libraries that load folders."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance.model_store import LoadedModel


@contextmanager
def checked_folder(model: LoadedModel) -> Iterator[Path]:
    """Give a temporary folder of links to the files whose digests were checked.

    Libraries read whatever else lies in a folder (adapters, code, other formats of the weights), and none
    of it was checked.
    """
    with tempfile.TemporaryDirectory(prefix="compliance-model-") as name:
        folder = Path(name)
        for file, path in zip(model.card.files, model.paths, strict=True):
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.path).symlink_to(path.absolute())
        yield folder
