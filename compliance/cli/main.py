"""The ``compliance`` command: one file for each group, errors and exit codes here."""

from __future__ import annotations

import sys
import traceback

import typer

from compliance.cli import (
    brands,
    check,
    clear,
    consent,
    demo,
    licence,
    models,
    people,
    policy,
    publish,
    redact,
    review,
    taxonomy,
    waive,
    works,
)
from compliance.errors import ComplianceError
from compliance.verdicts import ExitCode

app = typer.Typer(
    name="compliance",
    help="Review AI-generated media before it is published.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("review")(review.review)
app.command("waive")(waive.waive)
app.command("clear")(clear.clear)
app.command("redact")(redact.redact)
app.command("verify")(check.verify)
app.command("explain")(review.explain)
app.command("demo")(demo.demo)
app.command("doctor")(check.doctor)
app.command("schema")(check.schema)
app.command("taxonomy")(taxonomy.taxonomy)
app.add_typer(policy.app, name="policy")
app.add_typer(people.app, name="people")
app.add_typer(brands.app, name="brands")
app.add_typer(works.app, name="works")
app.add_typer(licence.app, name="licence")
app.add_typer(consent.app, name="consent")
app.add_typer(models.app, name="models")
app.add_typer(publish.app, name="publish")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code that the design gives it."""
    sys.exit(int(run(arguments)))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        result = app(args=arguments, standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        result = ExitCode.INTERRUPTED
    except typer.TyperException as error:
        said = error.format_message()
        if said.startswith("Usage:"):  # nothing but a group was named
            typer.echo(said, err=True)
            return ExitCode.USAGE
        return _say(f"{said} To mend it: see 'compliance --help'.", ExitCode.USAGE)
    except ComplianceError as error:
        return _say(str(error), error.exit_code)
    except Exception:  # noqa: BLE001  the last line of defence: a crash has its own exit code
        traceback.print_exc()
        return _say("this is a defect in compliance, not in what you gave it", ExitCode.CRASH)
    if result == ExitCode.INTERRUPTED:
        return _say("interrupted; nothing partial was left behind", ExitCode.INTERRUPTED)
    return result if isinstance(result, int) else ExitCode.APPROVE


def _say(message: str, code: int) -> int:
    print(f"compliance: {message}", file=sys.stderr)  # noqa: T201
    return code


if __name__ == "__main__":
    main()
