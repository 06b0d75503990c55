"""`wardround pack import-prometheus`: rule files of Prometheus become a pack of ours.

Needs no database. The exit code is 0 when every alert was taken, 1 when some were not, 2 when the
command itself cannot run.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardround.kernel.wording import listed, told
from wardround.schema.telling import complain, language, print_json, print_line

if TYPE_CHECKING:
    from wardround.detection.intake.packing import Packed
    from wardround.detection.intake.taking import Known, Wishes
    from wardround.detection.intake.told import Note

_NOT_ALL, _CANNOT = 1, 2


def add_pack_verbs(verbs: Any) -> None:
    """Add this room's verb to `wardround pack`."""
    text = "turn rule files of Prometheus into a pack / 引入 Prometheus 规则文件"
    parser = verbs.add_parser("import-prometheus", help=text, description=text)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--name", default="prometheus-rules", help="what the pack is called")
    parser.add_argument("--to", type=Path, metavar="DIR", help="the pack's folder; ./NAME if none")
    _pairs(parser, "--job", "JOB=TEMPLATE", "the monitor template of a job's targets")
    _pairs(parser, "--severity", "WORD=LEVEL", "what a severity of theirs is here")
    help_ = "a monitor template of which rules are that ask for no job"
    parser.add_argument("--template", action="append", default=[], metavar="NAME", help=help_)
    help_ = "a label that Prometheus gave to targets, beside job and instance"
    parser.add_argument("--target-label", action="append", default=[], metavar="NAME", help=help_)
    help_ = "take rules over all targets together for each by itself: one target has it all"
    parser.add_argument("--each-target", action="store_true", help=help_)
    help_ = "a pack with monitor templates, beside the shipped ones"
    parser.add_argument(
        "--beside", action="append", default=[], type=Path, metavar="PATH", help=help_
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing / 只看结果")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run_import_prometheus, needs_stores=False)


def _pairs(parser: argparse.ArgumentParser, name: str, shown: str, help_: str) -> None:
    parser.add_argument(name, action="append", default=[], type=_pair, metavar=shown, help=help_)


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not (left and equals and right):
        raise argparse.ArgumentTypeError(text)
    return left, right


def run_import_prometheus(given: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    import django  # noqa: PLC0415  # the kinds of every room register when Django starts

    django.setup()
    from django.utils import translation  # noqa: PLC0415

    with translation.override(language()):
        return _run(given)


def _run(given: argparse.Namespace) -> int:
    from wardround.detection.intake.packing import pack  # noqa: PLC0415  # needs Django
    from wardround.detection.intake.taking import take  # noqa: PLC0415

    wishes = _wishes(given)
    if isinstance(wishes, str):
        complain(wishes, as_json=given.json)
        return _CANNOT
    target = given.to or Path(given.name)
    if not given.dry_run and target.exists() and (not target.is_dir() or any(target.iterdir())):
        there = told("%(folder)s is there already; name another folder with --to", folder=target)
        complain(there, as_json=given.json)
        return _CANNOT
    try:
        files = {str(path): path.read_bytes() for path in given.files}
        known = _known(given.beside)
        packed = pack(take(files, wishes, known), given.name, known)
        if not given.dry_run and packed.intake.taken:
            _write(packed, target)
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}", as_json=given.json)
        return _CANNOT
    _tell_json(packed) if given.json else _tell(packed, None if given.dry_run else target)
    return _NOT_ALL if packed.intake.refused else 0


def _wishes(given: argparse.Namespace) -> Wishes | str:
    from wardround.detection.intake.taking import Wishes  # noqa: PLC0415  # needs Django
    from wardround.detection.types import Severity  # noqa: PLC0415

    levels = [str(level) for level in Severity]
    for word, level in given.severity:
        if level not in levels:
            return told(
                "--severity %(word)s=%(level)s: the level is one of %(levels)s",
                word=word, level=level, levels=listed(levels),
            )  # fmt: skip
    return Wishes(
        jobs=dict(given.job),
        templates=tuple(given.template),
        severities=dict(given.severity),
        target_labels=frozenset(given.target_label),
        each_target=given.each_target,
    )


def _known(beside: list[Path]) -> Known:
    """The templates and rules of the shipped packs, and of those beside them."""
    from wardround.detection.definitions import KIND  # noqa: PLC0415  # needs Django
    from wardround.detection.intake.taking import Known  # noqa: PLC0415
    from wardround.schema import packs, sources  # noqa: PLC0415

    view = packs.load(sources.find([sources.shipped_folder(), *beside]).packs).view
    rules = {rule.name for rule_set in view.all(KIND).values() for rule in rule_set.rules}
    return Known(templates=view.all("monitor-template"), rules=rules)


def _write(packed: Packed, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path, data in packed.files.items():
        (target / path).write_bytes(data)


# Telling -----------------------------------------------------------------------------------------


def _tell(packed: Packed, target: Path | None) -> None:
    intake = packed.intake
    for note in intake.refused:
        _tell_note(told("not taken"), note)
    for rule in intake.taken:
        for note in rule.notes:
            _tell_note(told("note"), note)
    for note in intake.records:
        _tell_note(told("note"), note)
    needs = Counter(metric for rule in intake.taken for metric in rule.needs)
    for metric, count in sorted(needs.items()):
        print_line(
            told(
                "needs: %(metric)s (rules: %(count)s); named by no monitor template",
                metric=metric, count=count,
            )
        )  # fmt: skip
    alerts, taken = intake.alerts, len(intake.taken)
    print_line(told("%(taken)s of %(alerts)s alerts taken", taken=taken, alerts=alerts))
    if target is not None and intake.taken:
        then = told(
            "written to %(folder)s; next: wardround pack check %(folder)s, then wardround pack "
            "import %(folder)s",
            folder=target,
        )
        print_line(then)


def _tell_note(what: str, note: Note) -> None:
    print_line(f"{note.source}: {what}: {note.message}")
    if note.part:
        print_line(f"    {' '.join(note.part.split())}")
    if note.advice:
        print_line(f"    → {note.advice}")


def _tell_json(packed: Packed) -> None:
    from wardround.detection.wire import RuleIntakeOut  # noqa: PLC0415  # needs Django

    print_json(RuleIntakeOut.of(packed).model_dump(mode="json"))
