"""`wardround pack check | import | export | diff | update | remove`: packs from the command line.

`check` needs no database. Every command says with its exit code whether all is well: 0 yes,
1 something is wrong with the packs, 2 the command itself cannot run.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardround.kernel.wording import listed, told, untranslated
from wardround.schema.telling import (
    complain,
    counted_of,
    language,
    print_json,
    print_line,
    tell_difference,
    tell_problems,
)

if TYPE_CHECKING:
    from wardround.schema.sources import Source
    from wardround.schema.types import Difference, Problem

Subparsers = Any
Run = Callable[[argparse.Namespace], int]


def add_commands(subparsers: Subparsers) -> Subparsers:
    """Add this room's commands to the program's parser; gives the verbs of `pack`, to which
    others may add.
    """
    pack = subparsers.add_parser("pack", help="packs of definitions / 定义包")
    verbs = pack.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = _command(verbs, "check", "find every mistake, change nothing / 检查", run_check)
    _paths(check)
    check.set_defaults(needs_stores=False)
    import_ = _command(verbs, "import", "install or update packs / 导入", run_import)
    _paths(import_)
    _renamed(import_)
    _consent(import_)
    diff = _command(verbs, "diff", "show what an import would change / 比较差异", run_diff)
    _paths(diff)
    _renamed(diff)
    update = _command(verbs, "update", "bring in what updates left waiting / 采用", run_update)
    update.add_argument("names", nargs="*", metavar="PACK", help="all that wait if none")
    _consent(update)
    remove = _command(verbs, "remove", "retire all that a pack defines / 移除", run_remove)
    remove.add_argument("name", metavar="PACK")
    _consent(remove)
    export = _command(verbs, "export", "write packs as they were imported / 导出", run_export)
    export.add_argument("names", nargs="*", metavar="PACK", help="all installed ones if none")
    export.add_argument("--to", default=".", metavar="DIR|FILE.zip", help="where to write")
    return verbs


def _command(verbs: Subparsers, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("--data", metavar="DIR", help="the data folder")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run, needs_stores=True)
    return parser


def _in_the_terminals_language(run: Run) -> Run:
    """All that a command says, what the rooms say in it among that, in one language."""

    @wraps(run)
    def speaking(given: argparse.Namespace) -> int:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
        import django  # noqa: PLC0415  # the kinds of every room register when Django starts

        django.setup()
        from django.utils import translation  # noqa: PLC0415

        with translation.override(language()):
            return run(given)

    return speaking


def _paths(parser: argparse.ArgumentParser) -> None:
    help_ = "a pack's folder, a folder of packs, or a zip of either; the shipped ones if none"
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=help_)


def _renamed(parser: argparse.ArgumentParser) -> None:
    help_ = "a definition that comes under a new name; what lives by it follows"
    parser.add_argument(
        "--renamed", action="append", default=[], metavar="KIND:OLD=NEW", type=_rename, help=help_
    )


def _rename(text: str) -> tuple[tuple[str, str], str]:
    names, equals, new = text.partition("=")
    kind, colon, old = names.partition(":")
    if not (kind and colon and old and equals and new):
        raise argparse.ArgumentTypeError(text)
    return (kind, old), new


def _consent(parser: argparse.ArgumentParser) -> None:
    help_ = "consent to things losing the definitions they live by; asks nothing"
    parser.add_argument("--yes", "--consent", dest="yes", action="store_true", help=help_)


@_in_the_terminals_language
def run_check(given: argparse.Namespace) -> int:
    """Check packs; what they require is looked for beside them and among the shipped ones."""
    from wardround.schema import packs  # noqa: PLC0415  # needs Django

    found, problems = _sources(given)
    ready = packs.load([*found, *_required(found)])
    problems = [*problems, *ready.problems]
    if problems:
        return tell_problems(problems, as_json=given.json)
    count = sum(len(pack.definitions) for pack in ready.packs)
    names = [pack.name for pack in ready.packs]
    if given.json:
        print_json({"packs": names, "definitions": count, "problems": []})
    else:
        print_line(told("%(packs)s: %(count)s definitions, no mistakes", packs=names, count=count))
    return 0


@_in_the_terminals_language
def run_diff(given: argparse.Namespace) -> int:
    found, _packs = _proposed(given)
    if found is None:
        return 1
    return tell_difference(found, as_json=given.json, with_text=True)


@_in_the_terminals_language
def run_import(given: argparse.Namespace) -> int:
    from wardround.kernel import clock  # noqa: PLC0415  # needs the database
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions  # noqa: PLC0415

    before, packs = _proposed(given)
    if before is None or not _consents(before, given):
        return 1
    done = actions.import_packs(
        system_actor("command line"),
        packs,
        at=clock.now(),
        consent=bool(before.lost),
        renames=dict(given.renamed),
    )
    return tell_difference(done, as_json=given.json, with_text=False)


@_in_the_terminals_language
def run_remove(given: argparse.Namespace) -> int:
    from wardround.kernel import clock  # noqa: PLC0415  # needs the database
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions, errors  # noqa: PLC0415

    try:
        before = actions.check_removal(given.name)
    except errors.UnknownDefinition:
        return _no_such_pack(as_json=given.json)
    except actions.BadPack as error:
        wrong = [f"{problem.field} {problem.message}".strip() for problem in error.problems]
        complain("\n".join(wrong), as_json=given.json)
        return 1
    if not _consents(before, given):
        return 1
    actor, at = system_actor("command line"), clock.now()
    done = actions.remove_pack(actor, given.name, at=at, consent=bool(before.lost))
    return tell_difference(done, as_json=given.json, with_text=False)


@_in_the_terminals_language
def run_update(given: argparse.Namespace) -> int:
    """Bring in what updates of the product left as it was, keeping what was changed here."""
    from wardround.kernel import clock  # noqa: PLC0415  # needs the database
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions, errors, queries  # noqa: PLC0415

    actor = system_actor("command line")
    names = given.names or list(dict.fromkeys(held.pack for held in queries.held_back()))
    try:
        before, problems = actions.check_update(actor, names)
    except errors.UnknownDefinition:
        complain(told("nothing of such a pack waits"), as_json=given.json)
        return 1
    if problems:
        return tell_problems(problems, as_json=given.json)
    if not _consents(before, given):
        return 1
    done = actions.take_update(actor, names, at=clock.now(), consent=bool(before.lost))
    return tell_difference(done, as_json=given.json, with_text=False)


def _consents(difference: Difference, given: argparse.Namespace) -> bool:
    """Whether what would be lost may be: said beforehand, or asked of whoever sits there."""
    if not difference.lost or given.yes:
        return True
    tell_difference(difference, as_json=given.json, with_text=False)
    if given.json or not sys.stdin.isatty():
        refused = told(
            "What these live by would be lost: %(things)s; nothing was changed. --yes consents",
            things=counted_of(difference.lost),
        )
        sys.stderr.write(f"{refused}\n")
        return False
    question = told(
        "What these live by would be lost: %(things)s. Go on? [y/N]",
        things=counted_of(difference.lost),
    )
    return input(f"{question} ").strip().lower() in {"y", "yes"}


@_in_the_terminals_language
def run_export(given: argparse.Namespace) -> int:
    from wardround.kernel.errors import NotFound  # noqa: PLC0415  # needs the database
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import queries, sources  # noqa: PLC0415

    actor = system_actor("command line")
    names = given.names or [pack.name for pack in queries.installed_packs(actor)]
    try:
        packs = [queries.exported(actor, name) for name in names]
    except NotFound:
        return _no_such_pack(as_json=given.json)
    target = Path(given.to)
    try:
        if target.suffix == ".zip":
            target.write_bytes(sources.zipped(packs))
        else:
            _write_folders(packs, target)
    except OSError as error:
        complain(f"{error.filename}: {_why(error)}", as_json=given.json)
        return 1
    if given.json:
        print_json({"packs": names, "to": str(target)})
    else:
        print_line(f"{listed(names)} → {target}")
    return 0


def _why(error: OSError) -> str:
    """Why a file could not be written; what is rare, in the words of the system."""
    known = _WHY_NOT_WRITTEN.get(errno.errorcode.get(error.errno or 0, ""))
    return told(known) if known else str(error.strerror)


_WHY_NOT_WRITTEN = {
    "ENOENT": untranslated("there is no such folder"),
    "ENOTDIR": untranslated("there is no such folder"),
    "EACCES": untranslated("you may not write there"),
    "EPERM": untranslated("you may not write there"),
    "EROFS": untranslated("nothing can be written there"),
    "ENOSPC": untranslated("the disk is full"),
}


def _no_such_pack(*, as_json: bool) -> int:
    from wardround.kernel.types import system_actor  # noqa: PLC0415  # needs the database
    from wardround.schema import queries  # noqa: PLC0415

    installed = queries.installed_packs(system_actor("command line"))
    known = [pack.name for pack in installed] or ["–"]
    complain(told("there is no such pack; installed: %(known)s", known=known), as_json=as_json)
    return 1


def _write_folders(packs: Sequence[Source], target: Path) -> None:
    for pack in packs:
        for path, data in pack.files.items():
            file = target / pack.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


# Finding -----------------------------------------------------------------------------------------


def _sources(given: argparse.Namespace) -> tuple[list[Source], list[Problem]]:
    from wardround.schema import sources  # noqa: PLC0415

    found = sources.find(given.paths or [sources.shipped_folder()])
    return found.packs, found.problems


def _proposed(given: argparse.Namespace) -> tuple[Difference | None, list[Source]]:
    """What importing the packs would do, as the import itself counts it; nothing where they have
    mistakes, which are told.
    """
    from wardround.kernel.types import system_actor  # noqa: PLC0415  # needs the database
    from wardround.schema import actions  # noqa: PLC0415

    packs, problems = _sources(given)
    difference, more = actions.check_packs(
        system_actor("command line"), packs, renames=dict(given.renamed)
    )
    if problems := [*problems, *more]:
        tell_problems(problems, as_json=given.json)
        return None, []
    return difference, packs


def _required(given: Sequence[Source]) -> list[Source]:
    """Packs that the given ones require and that were not given: a neighbour, or a shipped one."""
    from wardround.schema import packs, sources  # noqa: PLC0415

    neighbours = {Path(source.where).resolve().parent for source in given if source.where}
    folders = [folder for folder in [*neighbours, sources.shipped_folder()] if folder.is_dir()]
    heads = [head for folder in folders for head in sorted(folder.glob(f"*/{sources.HEAD}"))]
    available = {head.parent.name: head.parent for head in reversed(heads)}
    known, wanted, more = packs.names_in(given), list(packs.requirements(given)), list[Path]()
    while wanted:
        name = wanted.pop()
        if name in known or name not in available:
            continue
        known |= {name}
        more.append(available[name])
        wanted += packs.requirements(sources.find([available[name]]).packs)
    return sources.find(more).packs
