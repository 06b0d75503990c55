"""Secrets in definitions: sealed in their texts and bodies before anything is kept of them.

A kind says where in a body its secrets stand. Each becomes a token that this installation alone
can open, and at its own place alone, so that a text can be shown, compared, exported and imported
again without the secret; the same secret at the same place always gives the same token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import yaml
from django.utils.translation import gettext_noop as _

from wardround.kernel import secrets
from wardround.schema.types import Path, Problem

MASK = "••••••"
"""Stands for a secret wherever one would be shown; given back, it leaves the secret as it is."""

_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Secret:
    """Where in a body a secret stands, and what it is the secret of.

    `of` is the same wherever the line moves (`host-1/password`): a token opens for it alone.
    """

    path: Path
    of: str
    was: str = ""
    """What it was the secret of before a name in that changed; such a token is sealed anew."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The secrets of one body: what stands for each, and what each is."""

    sealed: Mapping[Path, str]
    opened: Mapping[Path, str]


def tokens(body: Mapping[str, Any], declared: Iterable[Secret]) -> tuple[Tokens, list[Problem]]:
    """What takes each secret's place; a token of another installation, or of another place, is a
    problem that asks for the secret itself.
    """
    sealed, opened, problems = dict[Path, str](), dict[Path, str](), list[Problem]()
    for secret in declared:
        value = value_at(body, secret.path)
        if value in (None, "", MASK) or isinstance(value, dict | list):
            continue
        if not secrets.is_token(str(value)):
            opened[secret.path] = str(value)
            sealed[secret.path] = secrets.seal_for(secret.of, str(value))
        elif (found := secrets.unseal_for(secret.of, str(value))) is not None:
            opened[secret.path], sealed[secret.path] = found, str(value)
        elif secret.was and (moved := secrets.unseal_for(secret.was, str(value))) is not None:
            opened[secret.path] = moved
            sealed[secret.path] = secrets.seal_for(secret.of, moved)
        elif secrets.installed():
            problems.append(Problem(secret.path, _ELSEWHERE))
    return Tokens(sealed, opened), problems


_ELSEWHERE = _(
    "this secret was sealed by another installation, or for another place; write the secret itself"
    " here"
)
SEALED_ELSEWHERE = _(
    "this is a sealed secret, which opens at its own place alone; write the value itself"
)
_SHARED = _("a secret is written where it belongs, not by “&” and “*”")


def strayed(
    body: Mapping[str, Any], declared: Iterable[Secret], *, path: Path = ()
) -> Iterator[Problem]:
    """What stands for a secret where none is declared: nothing would open it, and it be shown."""
    places = {secret.path for secret in declared}
    for where, value in _texts(body, path):
        if where not in places and secrets.looks_sealed(value):
            yield Problem(where, SEALED_ELSEWHERE)


def _texts(body: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(body, str):
        yield path, body
    elif isinstance(body, int | float) and not isinstance(body, bool):
        yield path, str(body)
    elif isinstance(body, dict | list):
        steps = body.items() if isinstance(body, dict) else enumerate(body)
        for step, inner in steps:
            yield from _texts(inner, (*path, step))


def value_at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def put(body: Mapping[str, Any], values: Mapping[Path, str]) -> dict[str, Any]:
    """The body with these values at their places; what is not on their way is shared."""
    whole: dict[str, Any] = dict(body)
    copied: dict[Path, Any] = {(): whole}
    for path, value in values.items():
        for depth in range(1, len(path)):
            here = path[:depth]
            if here not in copied:
                inner = copied[path[: depth - 1]][path[depth - 1]]
                copied[here] = list(inner) if isinstance(inner, list) else dict(inner)
                copied[path[: depth - 1]][path[depth - 1]] = copied[here]
        copied[path[:-1]][path[-1]] = value
    return whole


def in_text(text: str, sealed: Mapping[Path, str]) -> tuple[str, list[Problem]]:
    """The text of one document with a token in place of each secret, every other byte as it was."""
    spans = {path: span for path, span in _scalars(text) if path in sealed}
    problems = [Problem(path, _SHARED) for path in sealed if path not in spans]
    parts, end = [], 0
    for path, (first, last) in sorted(spans.items(), key=lambda pair: pair[1]):
        written = text[first:last]
        line_end = written[len(written.rstrip("\r\n")) :] if written[:1] in "|>" else ""
        parts += [text[end:first], json.dumps(sealed[path]), line_end]
        end = last
    return "".join([*parts, text[end:]]), problems


LEAST = 4
"""Characters of a secret that is looked for elsewhere; a shorter one stands in many words."""
LONG = 8
"""From here on a secret is looked for inside of words, too."""
_REPEATED = _(
    "this secret stands in a remark too, which is kept and shown as it is; take it out there, and"
    " choose another secret where the remark has been seen"
)


def told_in_remarks(text: str, opened: Mapping[Path, str]) -> Iterator[Problem]:
    """The secrets of a document that its remarks tell."""
    told = {path: secret for path, secret in opened.items() if len(secret) >= LEAST}
    remarks = "\n".join(_remarks(text)) if told else ""
    for path, secret in told.items():
        if secret in remarks:
            yield Problem(path, _REPEATED)


def told_in_values(
    body: Mapping[str, Any], tokens: Tokens, names: Collection[Path]
) -> Iterator[Problem]:
    """The other values of a definition that tell one of its secrets.

    `names` are the places of names of definitions: these are what they are, whatever a secret is.
    """
    told = {secret: path for path, secret in tokens.opened.items() if len(secret) >= LEAST}
    looked_for = {secret: _looked_for(secret) for secret in told}
    for where, value in _texts(body, ()):
        if where in tokens.sealed or where in names or where == ("kind",):
            continue
        read = unquote(value)  # as an address tells it
        for secret, pattern in looked_for.items():
            if pattern.search(value) or pattern.search(read):
                yield Problem(where, _TOLD, {"place": Problem(told[secret], "").dotted})


_TOLD = _(
    "here stands the secret of “%(place)s” too, and this value is kept and shown as it is; take it"
    " out, and choose another secret where it has been seen"
)


def _looked_for(secret: str) -> re.Pattern[str]:
    """A short secret counts as a word of its own alone: “1234” is not told by “SN-0012345”."""
    text = re.escape(secret)
    if len(secret) >= LONG:
        return re.compile(text)
    before = r"(?<![^\W_])" if secret[0].isalnum() else ""
    after = r"(?![^\W_])" if secret[-1].isalnum() else ""
    return re.compile(f"{before}{text}{after}")


def _remarks(text: str) -> Iterator[str]:
    """What stands between the words of a document behind a `#`."""
    end = 0
    for token in yaml.scan(text, Loader=_loader):
        if (between := text[end : token.start_mark.index]).count("#"):
            yield between
        end = max(end, token.end_mark.index)


@dataclass(slots=True)
class _Inside:
    """A mapping or list that is being read."""

    mapping: bool
    shared: bool
    """It, or what it stands in, has an anchor: what is inside may stand elsewhere too."""
    step: str | int | None = None
    place: int = field(default=-1)

    def begins_value(self, event: Any) -> bool:
        """Take the next node; whether it is a value and not a key."""
        if not self.mapping:
            self.place += 1
            self.step = self.place
            return True
        if self.step is None:
            self.step = getattr(event, "value", "")
            return False
        return True

    def ended_value(self) -> None:
        if self.mapping:
            self.step = None


def _scalars(text: str) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Each scalar value that stands at one place only: its path, and where its text is."""
    stack: list[_Inside] = []
    events: Iterator[Any] = yaml.parse(text, Loader=_loader)
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            if stack:
                stack[-1].ended_value()
        elif isinstance(event, yaml.NodeEvent):
            value = stack[-1].begins_value(event) if stack else True
            anchored = getattr(event, "anchor", None) is not None
            shared = anchored or (bool(stack) and stack[-1].shared)
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(_Inside(isinstance(event, yaml.MappingStartEvent), shared))
            elif value and stack:
                if isinstance(event, yaml.ScalarEvent) and not shared:
                    path = tuple(inside.step for inside in stack if inside.step is not None)
                    yield path, _span(event)
                stack[-1].ended_value()


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def in_file(data: bytes, texts: Sequence[tuple[str, str]]) -> bytes:
    """A file with the texts of its documents, each given with what takes its place, in order."""
    whole = data.decode("utf-8")
    parts, end = [], 0
    for before, after in texts:
        first = whole.index(before, end)
        parts += [whole[end:first], after]
        end = first + len(before)
    return "".join([*parts, whole[end:]]).encode()
