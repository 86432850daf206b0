"""What commands print."""

from __future__ import annotations

import enum


class Format(enum.StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"
