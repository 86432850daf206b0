"""Progress bars on standard error, where that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(first: str) -> Iterator[Callable[[str, float, float], None]]:
    """Yield a function to call with a name, what is done and what there is in all.

    Args:
        first: what to show until it is called.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as shown:
        tasks = {"": shown.add_task(first, total=None)}

        def show(name: str, done: float, total: float) -> None:
            if name not in tasks:
                shown.update(tasks[""], visible=False)
                tasks[name] = shown.add_task(name, total=total or None)
            shown.update(tasks[name], completed=done)

        yield show
