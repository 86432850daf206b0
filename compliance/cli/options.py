"""Options that several commands share: what an asset consists of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PromptText = Annotated[str | None, typer.Option(help="Prompt, or @FILE; it goes with every asset.")]
NegativePrompt = Annotated[str | None, typer.Option(help="Negative prompt, or @FILE.")]
RecordFile = Annotated[
    Path | None, typer.Option(help="Generation record of the one asset, YAML or JSON.")
]
CaptionFiles = Annotated[
    list[Path] | None,
    typer.Option(help="Captions of the one asset, .srt or .vtt; repeatable, never looked for."),
]
TranscriptFiles = Annotated[
    list[Path] | None,
    typer.Option(help="What is spoken in it: .srt, .vtt, .json or plain text; repeatable."),
]
