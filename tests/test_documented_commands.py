"""Every command that the documents show exists, and every command that exists is documented."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from compliance.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GROUP = typer.main.get_command(app)


def shown() -> list[tuple[str, str]]:
    """Every line of a shell block, and every inline span, that begins with our command."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, flags=re.DOTALL)
        lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
        found += [(page.name, line) for line in lines if line.startswith("compliance ")]
    return found


def commands(group, path: tuple[str, ...] = ()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


KNOWN = dict(commands(GROUP))


@pytest.mark.parametrize(("page", "line"), shown())
def test_a_documented_command_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    path = next(path for path in KNOWN if tuple(words[: len(path)]) == path)
    options = {option for parameter in KNOWN[path].params for option in parameter.opts}
    for word in words[len(path) :]:
        if word.startswith("--"):
            assert word.split("=")[0] in options, f"{page}: {line}"


def test_every_command_is_documented() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    missing = [path for path in KNOWN if f"compliance {' '.join(path)}" not in text]
    assert missing == []


def test_every_command_and_option_has_help() -> None:
    for path, command in KNOWN.items():
        assert command.help, path
        for parameter in command.params:
            assert getattr(parameter, "help", ""), (path, parameter.name)
