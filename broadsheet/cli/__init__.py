"""The command line: data on stdout, everything else on stderr, one clear line for what went wrong.

Imports what a command needs when it runs, so that `broadsheet parse` does not pay for the store.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from .. import __version__
from ..errors import BroadsheetError
from . import again, backfill, collect, deliver, look, produce, rules, search, serve
from . import site as published
from . import status as standing
from .terminal import Terminal, safe

PROGRAM = "broadsheet"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=PROGRAM)
@click.option("-C", "folder", metavar="DIR", help="The workspace; by default the one you stand in.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what was asked for.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(context: click.Context, folder: str | None, *, quiet: bool, debug: bool) -> None:
    """Raw dumps of research-paper listings in, daily digests that people trust out.

    Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done in part.
    """
    context.obj = Terminal(folder=folder, quiet=quiet, debug=debug)


for command in (
    produce.run,
    produce.preview,
    look.parse,
    look.diff,
    look.explain,
    standing.status,
    search.search,
    rules.rules,
    again.reparse,
    backfill.backfill,
    collect.collect,
    deliver.deliver,
    published.site,
    serve.serve,
    produce.init,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    try:
        code = cli.main(args=words, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return _say("interrupted; what was done is kept, run again to go on", 130)
    except click.ClickException as error:
        return _say(f"{error.format_message()} ({_usage(error)})", error.exit_code)
    except BroadsheetError as error:
        if debug:
            raise
        return _say(str(error), error.exit_code)
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away: `broadsheet parse ... | head`. Click leaves for no other reason when it
        # is not standalone. Python must not flush into the pipe again at its end.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        return 0
    return code if isinstance(code, int) else 0


def _say(message: str, code: int) -> int:
    print(f"{PROGRAM}: {safe(message)}", file=sys.stderr)  # noqa: T201
    return code


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see {context.command_path if context else PROGRAM} --help"
