"""What was not decoded, collected in the decoder process."""

from __future__ import annotations

from compliance.media.protocol import MAX_GAPS, MAX_TEXT


class Gaps:
    """A short list of paragraphs without repetitions."""

    def __init__(self) -> None:
        """Start with none."""
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        """Add a paragraph; beyond ``MAX_GAPS`` there is nothing new to learn."""
        text = text[:MAX_TEXT]
        if text not in self.texts and len(self.texts) < MAX_GAPS:
            self.texts.append(text)
