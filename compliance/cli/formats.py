"""What commands print."""

from __future__ import annotations

import enum


class Format(enum.StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(enum.StrEnum):
    """Formats of a review's report."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
