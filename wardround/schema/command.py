"""`wardround pack check | import | export | diff | remove`: packs from the command line.

`check` needs no database. Every command says with its exit code whether all is well: 0 yes,
1 something is wrong with the packs, 2 the command itself cannot run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wardround.schema.packs import Loaded
    from wardround.schema.sources import Source
    from wardround.schema.types import Change, Difference, Problem

Subparsers = Any


def add_commands(subparsers: Subparsers) -> None:
    """Add this room's commands to the program's parser."""
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
    remove = _command(verbs, "remove", "retire all that a pack defines / 移除", run_remove)
    remove.add_argument("name", metavar="PACK")
    _consent(remove)
    export = _command(verbs, "export", "write packs as they were imported / 导出", run_export)
    export.add_argument("names", nargs="*", metavar="PACK", help="all installed ones if none")
    export.add_argument("--to", default=".", metavar="DIR|FILE.zip", help="where to write")


def _command(verbs: Subparsers, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text)
    parser.add_argument("--data", metavar="DIR", help="the data folder")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run, needs_stores=True)
    return parser


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


def run_check(given: argparse.Namespace) -> int:
    """Check packs; what they require is looked for beside them and among the shipped ones."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    import django  # noqa: PLC0415  # the kinds of every room register when Django starts

    django.setup()
    from wardround.schema import packs  # noqa: PLC0415

    found, problems = _sources(given)
    ready = packs.load([*found, *_required(found)])
    problems = [*problems, *ready.problems]
    if problems:
        return _tell_problems(problems, as_json=given.json)
    count = sum(len(pack.definitions) for pack in ready.packs)
    names = [pack.name for pack in ready.packs]
    if given.json:
        _print_json({"packs": names, "definitions": count, "problems": []})
    else:
        _print(f"{', '.join(names)}: {count} definitions, no mistakes")
    return 0


def run_diff(given: argparse.Namespace) -> int:
    from wardround.schema import differences  # noqa: PLC0415  # needs the database

    ready = _loaded(given)
    if ready is None:
        return 1
    found = differences.difference(ready, renames=dict(given.renamed))
    return _tell_difference(found, as_json=given.json, with_text=True)


def run_import(given: argparse.Namespace) -> int:
    from wardround.kernel import clock  # noqa: PLC0415  # needs the database
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions, differences  # noqa: PLC0415

    ready, renames = _loaded(given), dict(given.renamed)
    if ready is None:
        return 1
    before = differences.difference(ready, renames=renames)
    if not _consents(before, given):
        return 1
    done = actions.import_packs(
        system_actor("command line"),
        [pack.source for pack in ready.packs],
        at=clock.now(),
        consent=bool(before.lost),
        renames=renames,
    )
    return _tell_difference(done, as_json=given.json, with_text=False)


def run_remove(given: argparse.Namespace) -> int:
    from django.utils import translation  # noqa: PLC0415

    from wardround.kernel import clock  # noqa: PLC0415  # needs the database
    from wardround.kernel.types import system_actor  # noqa: PLC0415
    from wardround.schema import actions, errors  # noqa: PLC0415

    try:
        with translation.override(_language()):
            before = actions.check_removal(given.name)
    except errors.UnknownDefinition:
        return _no_such_pack(as_json=given.json)
    except actions.BadPack as error:
        told = "\n".join(f"{problem.field} {problem.message}".strip() for problem in error.problems)
        _complain(told, as_json=given.json)
        return 1
    if not _consents(before, given):
        return 1
    actor, at = system_actor("command line"), clock.now()
    done = actions.remove_pack(actor, given.name, at=at, consent=bool(before.lost))
    return _tell_difference(done, as_json=given.json, with_text=False)


def _consents(difference: Difference, given: argparse.Namespace) -> bool:
    """Whether what would be lost may be: said beforehand, or asked of whoever sits there."""
    if not difference.lost or given.yes:
        return True
    _tell_difference(difference, as_json=given.json, with_text=False)
    if given.json or not sys.stdin.isatty():
        sys.stderr.write(f"{_lost(difference)}; nothing was changed. --yes consents\n")
        return False
    return input(f"{_lost(difference)}. Go on? [y/N] ").strip().lower() in {"y", "yes"}


def _lost(difference: Difference) -> str:
    return f"{_counted(difference.lost)} would lose what they live by"


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
        _complain(f"{error.filename}: {error.strerror}", as_json=given.json)
        return 1
    if given.json:
        _print_json({"packs": names, "to": str(target)})
    else:
        _print(f"{', '.join(names)} → {target}")
    return 0


def _no_such_pack(*, as_json: bool) -> int:
    from wardround.kernel.types import system_actor  # noqa: PLC0415  # needs the database
    from wardround.schema import queries  # noqa: PLC0415

    installed = queries.installed_packs(system_actor("command line"))
    known = ", ".join(pack.name for pack in installed)
    _complain(f"there is no such pack; installed: {known or '–'}", as_json=as_json)
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


def _loaded(given: argparse.Namespace) -> Loaded | None:
    """The packs, checked against what is installed; nothing where they have mistakes."""
    from wardround.schema import differences  # noqa: PLC0415

    found, problems = _sources(given)
    ready = differences.loaded(found)
    problems += differences.rename_problems(ready, dict(getattr(given, "renamed", ())))
    if problems := [*problems, *ready.problems]:
        _tell_problems(problems, as_json=given.json)
        return None
    return ready


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


# Telling -----------------------------------------------------------------------------------------


def _tell_problems(problems: Sequence[Problem], *, as_json: bool) -> int:
    from django.utils import translation  # noqa: PLC0415

    from wardround.schema.actions import wording  # noqa: PLC0415

    with translation.override(_language()):
        told = [(problem, wording(problem)) for problem in problems]
    if as_json:
        _print_json({"problems": [_problem_body(problem, text) for problem, text in told]})
        return 1
    for problem, text in told:
        where = f"{problem.place}: " if problem.place else ""
        sys.stderr.write(
            f"{where}{problem.dotted}: {text}\n" if problem.path else f"{where}{text}\n"
        )
    count = len(problems)
    sys.stderr.write(f"{count} mistake{'' if count == 1 else 's'}; nothing was changed\n")
    return 1


def _problem_body(problem: Problem, text: str) -> dict[str, object]:
    return {
        "file": problem.place.file if problem.place else None,
        "line": problem.place.line if problem.place else None,
        "column": problem.place.column if problem.place else None,
        "path": problem.dotted,
        "message": text,
        "found": problem.found,
        "expected": problem.expected,
        "suggestion": problem.suggestion or None,
    }


def _tell_difference(difference: Difference, *, as_json: bool, with_text: bool) -> int:
    if as_json:
        changes = [_change_body(change) for change in difference.changes]
        _print_json({"packs": difference.packs, "changes": changes, "files": difference.files})
        return 0
    for change in difference.changes:
        note = "" if change.content else " (wording only)"
        name = f"{change.was} → {change.name}" if change.was else change.name
        _print(f"{change.change:<8} {change.kind} {name} [{change.pack}/{change.file}]{note}")
        if change.dependents:
            _print(f"         used by {_counted([change], lost=False)}")
        if change.lost:
            _print(f"         takes away from {_counted([change])}")
        if with_text and change.diff:
            _print(change.diff)
    _print(f"{len(difference.changes)} changes" if not difference.empty else "nothing changes")
    return 0


def _change_body(change: Change) -> dict[str, object]:
    return {
        "change": str(change.change),
        "pack": change.pack,
        "kind": change.kind,
        "name": change.name,
        "was": change.was or None,
        "file": change.file,
        "content": change.content,
        "diff": change.diff,
        "dependents": {each.thing: each.count for each in change.dependents},
        "lost": {each.thing: each.count for each in change.lost},
    }


def _counted(changes: Sequence[Change], *, lost: bool = True) -> str:
    """`214 items, 3 open tickets`, in the terminal's language."""
    from django.utils import translation  # noqa: PLC0415

    from wardround.schema.refusals import counted  # noqa: PLC0415

    with translation.override(_language()):
        return counted(
            [each for change in changes for each in (change.lost if lost else change.dependents)]
        )


def _language() -> str:
    """The terminal's language; where it asks for none, that of the hospital's settings."""
    from django.conf import settings  # noqa: PLC0415  # needs loaded apps

    asked = next((said for name in _ASKING if (said := os.environ.get(name))), "")
    known = {"zh": "zh-hans", "en": "en"}
    return known.get(asked[:2].lower(), str(settings.LANGUAGE_CODE))


_ASKING = ("LC_ALL", "LC_MESSAGES", "LANG")


def _complain(text: str, *, as_json: bool) -> None:
    if as_json:
        _print_json({"error": text})
    else:
        sys.stderr.write(f"{text}\n")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _print_json(body: object) -> None:
    _print(json.dumps(body, ensure_ascii=False))
