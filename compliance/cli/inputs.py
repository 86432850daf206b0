"""Reading what is named on the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from compliance.errors import UsageError
from compliance.facts import GenerationRecord
from compliance.media.captions import read_captions
from compliance.policy.load import load_policy
from compliance.policy.schema import Policy
from compliance.resources import shipped
from compliance.settings import Settings, load_settings
from compliance.types import Captions, Model, Prompt, Source

M = TypeVar("M", bound=Model)
STARTER = "starter.yaml"
_MOST_BYTES = 1_000_000


def settings() -> Settings:
    """Return the settings of this process."""
    return load_settings(os.environ)


def policy_at(path: Path | None) -> Policy:
    """Load the policy at ``path``, or the shipped starter policy."""
    return load_policy(path or starter())


def starter() -> Path:
    """Return the path of the shipped starter policy."""
    return shipped("policies") / STARTER


def check_said(said: Mapping[str, str]) -> None:
    """Refuse an option that is empty or blank, or no text; options by name, such as ``--reason``.

    Raises:
        UsageError: names the first that is.
    """
    for option, text in said.items():
        if not text.strip():
            raise UsageError(
                "the option says nothing",
                expected="text that is not blank",
                where=option,
                fix=f"give {option} a value; it is kept and shown",
            )
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise UsageError(
                "the option is no text",
                expected="text in UTF-8",
                found=ascii(text[:80]),
                where=option,
                fix=f"type {option} again",
            )


def prompt_from(given: str, source: Source) -> Prompt:
    """Return a prompt given as text, or as ``@FILE``."""
    text = text_of(Path(given[1:])) if given.startswith("@") else given
    if not text.strip():
        raise UsageError(
            "the prompt is empty",
            expected="text, or @FILE with text",
            where=given or "--prompt",
            fix="leave the option out where there is no prompt",
        )
    return Prompt(text=text, source=source)


def captions_of(captions: Sequence[Path], transcripts: Sequence[Path]) -> tuple[Captions, ...]:
    """Read files of captions and of what is spoken.

    Raises:
        UsageError: one cannot be read.
    """
    given = [(path, Source.CAPTION) for path in captions]
    given += [(path, Source.SPEECH) for path in transcripts]
    return tuple(read_captions(path, source) for path, source in given)


def document(path: Path, kind: type[M]) -> M:
    """Read a YAML or JSON file into a value of ``kind``.

    Raises:
        UsageError: the file cannot be read or does not fit; names the first field that does not.
    """
    text = text_of(path)
    schema = "record" if kind is GenerationRecord else kind.__name__.lower()
    fix = f"run 'compliance schema {schema}' to see what it may hold"
    try:
        content = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise UsageError(
            "the file is neither YAML nor JSON",
            found=" ".join(str(error).split()),
            where=str(path),
            fix=fix,
        ) from error
    try:
        return kind.model_validate(content if content is not None else {})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise UsageError(
            f"{field}: {first['msg']}",
            expected=f"a {kind.__name__}",
            found=repr(first["input"])[:200],
            where=str(path),
            fix=fix,
        ) from error


def text_of(path: Path) -> str:
    """Return the text of a file.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or is too large.
    """
    if path.exists() and not path.is_file():
        raise UsageError(
            "this is not a file with text",
            expected="an existing UTF-8 file",
            found="a folder, pipe or device",
            where=str(path),
            fix="correct the path",
        )
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(
                "the file is too large",
                expected=f"at most {_MOST_BYTES} bytes of text",
                where=str(path),
            )
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "the file cannot be read as text",
            expected="an existing UTF-8 file",
            found=str(error),
            where=str(path),
            fix="correct the path or the encoding",
        ) from error
