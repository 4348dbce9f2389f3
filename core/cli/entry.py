"""The way in: global options, the group asked for, and what each kind of failure becomes.

argparse, because its three levels are all we need, it starts in milliseconds, and its exit
status for wrong usage is the one in the contract (docs/adr/0007).
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, redirect_stderr, suppress
from importlib import import_module
from itertools import pairwise, takewhile

from core import config, i18n, messages
from core.cli import usage
from core.cli.context import Context
from core.cli.groups import Group, groups
from core.cli.output import Output
from core.cli.report import write_report
from core.errors import AppError, Cancelled, EnvironmentFault, InputError
from core.i18n import _

_GLOBAL = ("--database", "--as", "--password-file", "--json", "--lang")
DONE, REFUSED, USAGE, ENVIRONMENT, BUG = 0, 1, 2, 3, 70


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (see docs: command line)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    before, wanted = _before_group(arguments)
    said = io.StringIO()
    as_json = "--json" in before or "--json" in _options(arguments)
    try:
        with redirect_stderr(said) if as_json else nullcontext():
            early = _global_options().parse_args(before)
            i18n.use(early.lang or _late_language(arguments) or _language_of_machine())
            usage.translate()
            args = _parse(arguments, wanted)
            i18n.use(args.lang or _language_of_machine())
    except SystemExit as leave:  # argparse has already said what is wrong
        if as_json and leave.code:
            text = said.getvalue().strip().rpartition("\n")[2]
            text = " ".join(filter(None, (text, _late_options(arguments, before))))
            Output(as_json=True).error({"error": "usage", "message": text, "fields": []}, text)
        elif leave.code and (late := _late_options(arguments, before)):
            sys.stderr.write(f"{late}\n")
        return int(leave.code or DONE)
    return _run(args)


def _options(arguments: Sequence[str]) -> list[str]:
    """The words before a lone `--`, behind which everything is data."""
    return list(takewhile(lambda word: word != "--", arguments))


def _late_options(arguments: Sequence[str], before: Sequence[str]) -> str:
    """A sentence about global options whose names the command has for something of its own."""
    words = _options(arguments)[len(before) :]
    late = [word for word in words if word.partition("=")[0] in {"--as", "--lang"}]
    if not late:
        return ""
    return _("{options} must stand before the group: lintanctl [options] GROUP COMMAND.").format(
        options=i18n.listed(late)
    )


def _late_language(arguments: Sequence[str]) -> str | None:
    """The language asked for behind the command, for what is said before all is understood."""
    words = _options(arguments)
    found = [after for word, after in pairwise(words) if word == "--lang"]
    found += [word.partition("=")[2] for word in words if word.startswith("--lang=")]
    return next((one for one in found if one in i18n.LANGUAGES), None)


def _language_of_machine() -> str:
    """The language set for this machine; a damaged settings file is reported by `_run`."""
    try:
        return config.load().language
    except EnvironmentFault:
        return i18n.DEFAULT_LANGUAGE


def _run(args: argparse.Namespace) -> int:
    out = Output(as_json=args.json)
    context = None
    try:
        context = Context(
            url=config.database_url(args.database),
            login=args.login or os.environ.get("LINTAN_LOGIN") or config.load().login,
            password_file=args.password_file,
            named=bool(args.database or args.login),
            out=out,
        )
        return int(args.run(context, args) or DONE)
    except AppError as refusal:
        out.error(_as_object(refusal), messages.text(refusal))
        return ENVIRONMENT if isinstance(refusal, EnvironmentFault) else REFUSED
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing to say and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        out.error(_as_object(Cancelled()), messages.text(Cancelled()))
        return REFUSED
    except Exception as bug:  # noqa: BLE001 - the seam of the command line: a bug becomes a report
        path = write_report(bug)
        text = _(
            "This is a bug in the program; nothing was changed. A report without personal data is in {path}."
        )
        out.error(
            {"error": "bug", "message": text.format(path=path), "fields": []},
            text.format(path=path),
        )
        return BUG
    finally:
        if context is not None:
            context.close()


def _as_object(refusal: AppError) -> Mapping[str, object]:
    fields = refusal.fields if isinstance(refusal, InputError) else ()
    return {
        "error": refusal.code,
        "message": messages.text(refusal),
        "fields": [{"field": each.field, "message": messages.text(each)} for each in fields],
    }


def _parse(arguments: list[str], wanted: str | None) -> argparse.Namespace:
    """All arguments, with only the module of the group asked for loaded."""
    parser = argparse.ArgumentParser(
        prog="lintanctl",
        description=_("Forest-carbon certificates of a county: the command line."),
        parents=[_global_options()],
    )
    places = parser.add_subparsers(metavar=_("GROUP"), required=True, dest="group")
    for name, group in groups(wanted).items():
        _add_group(places, name, group, chosen=name == wanted)
    return parser.parse_args(arguments)


def _add_group(
    places: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    group: Group,
    *,
    chosen: bool,
) -> None:
    parser = places.add_parser(name, help=_(group.title), description=_(group.title))
    if chosen:
        import_module(group.module).add(parser)
        _accept_global(parser)


def _accept_global(parser: argparse.ArgumentParser) -> None:
    """Let the global options stand behind the group and the command too.

    Said only where they are given, so that one before the group stays; a command that has one of
    these names for something of its own keeps it.
    """
    for action in _global_options(default=argparse.SUPPRESS)._actions:  # noqa: SLF001
        with suppress(argparse.ArgumentError):
            parser._add_action(action)  # noqa: SLF001 - what `parents=` does, but for conflicts
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to its commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for command in set(action.choices.values()):
                _accept_global(command)


def _global_options(default: str | None = None) -> argparse.ArgumentParser:
    """The options of every command; with SUPPRESS not in the help and absent unless given."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--database",
        metavar="URL|FILE",
        help=_("the database; without it, the one of this machine"),
    )
    options.add_argument("--as", dest="login", metavar="LOGIN", help=_("who asks"))
    options.add_argument(
        "--password-file", metavar="FILE", help=_("where the password stands; - is standard input")
    )
    options.add_argument("--json", action="store_true", help=_("answer in JSON"))
    options.add_argument("--lang", choices=i18n.LANGUAGES, help=_("language of the answers"))
    if default is not None:
        for action in options._actions:  # noqa: SLF001
            action.default, action.help = default, argparse.SUPPRESS
    return options


def _before_group(arguments: list[str]) -> tuple[list[str], str | None]:
    """The global options and the group: the language must be known before texts are translated."""
    taken: list[str] = []
    words = iter(arguments)
    for word in words:
        if not word.startswith("-"):
            return taken, word
        if word in {"-h", "--help"}:
            continue
        taken.append(word)
        if word in _GLOBAL and word != "--json":
            taken.extend(value for value in [next(words, None)] if value is not None)
    return taken, None


def _speak_utf8() -> None:
    """Chinese on any console: a C locale or an old Windows code page would refuse it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
