"""Formats of files that cannot run code when they are loaded."""

from __future__ import annotations

from pathlib import Path


def check_format(path: Path) -> None:
    """Refuse a file that is not of a format that only holds numbers and text."""
