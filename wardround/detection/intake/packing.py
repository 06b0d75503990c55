"""Rules that were taken in as the files of a pack that people read and keep."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import yaml
from django.utils.translation import gettext_noop

from wardround.detection.definitions import ALERT_RULES, KIND, problems_of
from wardround.detection.intake.taking import Intake, Known, Taken
from wardround.detection.intake.told import Note
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionView
from wardround.schema.types import Problem

_NAME = re.compile(r"[^a-z0-9]+")
_WIDTH = 100
HEADER = """\
# 由 Prometheus 规则文件 {file} 引入；可以修改。两边标签须完全一致才配对（matching: exact）。
# Taken in from the Prometheus rule file {file}; yours to change.
"""


@dataclass(frozen=True)
class Packed:
    """A pack by the paths of its files, and what is left of the intake once all was checked."""

    name: str
    files: Mapping[str, bytes]
    intake: Intake


def pack(intake: Intake, name: str, known: Known) -> Packed:
    """Make the files; a rule that a definition cannot hold is told among what was not taken."""
    kept: list[Taken] = []
    refused = list(intake.refused)
    files: dict[str, bytes] = {"pack.yaml": _head(name)}
    for definition, file, rules in _definitions(intake.taken, name):
        good, bad = _checked(definition, rules, known)
        kept += good
        refused += bad
        if good:
            header = HEADER.format(file=file)
            files[f"{definition}.yaml"] = (header + _dumped(_body(definition, good))).encode()
    whole = replace(intake, taken=tuple(kept), refused=tuple(refused))
    return Packed(name, files, whole)


def _head(name: str) -> bytes:
    head = {
        "pack": name,
        "version": "1",
        "label": {"zh": f"Prometheus 规则（{name}）", "en": f"Rules of Prometheus ({name})"},
        "requires": ["base", "monitors"],
    }
    return _dumped(head).encode()


def _definitions(
    taken: Sequence[Taken], pack_name: str
) -> Iterator[tuple[str, str, Sequence[Taken]]]:
    """One definition for each file and each set of monitor templates in it."""
    found: dict[tuple[str, tuple[str, ...]], list[Taken]] = defaultdict(list)
    for rule in taken:
        found[rule.text.source.file, rule.templates].append(rule)
    names: set[str] = set()
    for (file, templates), rules in found.items():
        stem = PurePosixPath(file).stem
        name = _plain("-".join([pack_name, stem, *templates]))
        number = 2
        while name in names:
            name, number = _plain(f"{pack_name}-{stem}-{number}"), number + 1
        names.add(name)
        yield name, file, rules


def _plain(name: str) -> str:
    return _NAME.sub("-", name.lower()).strip("-")[:90] or "rules"


def _body(name: str, rules: Sequence[Taken]) -> dict[str, Any]:
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for rule in rules:
        groups[rule.text.group].append(rule.body)
    body: dict[str, Any] = {"kind": KIND, "name": name, "matching": "exact"}
    if rules[0].templates:
        body["template"] = list(rules[0].templates)
    body["groups"] = [{"name": group, "rules": found} for group, found in groups.items()]
    return body


def _checked(name: str, rules: Sequence[Taken], known: Known) -> tuple[list[Taken], list[Note]]:
    """Rules that a definition takes, and those it does not, each with its first mistake."""
    good, bad = [], []
    for taken in rules:
        rule = taken
        problem = next(_problems(name, rule, known), None)
        while problem is not None and "annotations" in problem.path:
            changed = _without_place(rule, problem.found)
            if changed == rule:
                break
            rule = changed
            problem = next(_problems(name, rule, known), None)
        if problem is None:
            good.append(rule)
        else:
            found = str(problem.found or "")
            bad.append(Note(rule.text.source, problem.message, problem.details, found))
    return good, bad


def _without_place(rule: Taken, label: str) -> Taken:
    """The rule whose texts do not fill in a label that its alerts never have."""
    place = f"{{{{ labels.{label} }}}}"
    texts = rule.body["annotations"]
    changed = {key: text.replace(place, "…") for key, text in texts.items()}
    if changed == texts:
        return rule
    message = gettext_noop("Places of the texts that cannot be filled in are left out")
    note = Note(rule.text.source, message, {}, place)
    return replace(rule, body={**rule.body, "annotations": changed}, notes=(*rule.notes, note))


def _problems(name: str, rule: Taken, known: Known) -> Iterator[Problem]:
    body = {key: value for key, value in _body(name, [rule]).items() if key != "kind"}
    try:
        rule_set = ALERT_RULES.read(body)
    except BadDefinition as error:
        yield from error.problems
        return
    view = DefinitionView({KIND: {name: rule_set}, "monitor-template": known.templates})
    yield from problems_of(rule_set, view)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as such; no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _dumped(body: Mapping[str, Any]) -> str:
    return str(yaml.dump(body, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH))
