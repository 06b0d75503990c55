"""Annotations of Prometheus in our template language: values and labels, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from wardround.detection.summary import FORMS

_TAG = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_BEGINS = re.compile(r"(?:if|with|range|block)\b")
_DIVIDES = re.compile(r"(?:else|define|template)\b")
_VALUE = re.compile(r"\$value|\.Value")
_LABEL = re.compile(r"(?:\$labels|\.Labels)\.([A-Za-z_][A-Za-z0-9_]*)")
_LABELS = re.compile(r"\$labels|\.Labels")
_INDEXED = re.compile(r'index \$labels "([^"]+)"')
_PRINTF = re.compile(
    r"""printf\ ["`](?P<before>[^%"`]*)
    %(?:\.(?P<digits>\d+))?(?P<verb>[a-z])(?P<after>(?:%%|[^%"`])*)["`]""",
    re.VERBOSE,
)
_CONSTANT = re.compile(r'^"([^"]*)"$')
_FORMS = {
    "humanize": "short",
    "humanize1024": "binary",
    "humanizeDuration": "duration",
    "humanizePercentage": "percent",
    "humanizeTimestamp": "moment",
}
_PLAIN_VERBS = frozenset("gvsq")
_MOST_DIGITS = 9
_CALLED = 2


@dataclass
class Text:
    """One annotation on its way; `left_out` are the places that cannot be filled here."""

    job: str = ""
    left_out: list[str] = field(default_factory=list)

    def turned(self, text: str) -> str:
        """The text in our language."""
        out: list[str] = []
        depth = 0
        for between, tag in _pieces(text):
            if not depth:
                out.append(between)
            if tag is None:
                continue
            inner = tag.strip()
            if _BEGINS.match(inner):
                depth += 1
                self.left_out += [] if depth > 1 else [inner]
            elif inner == "end":
                depth = max(0, depth - 1)
            elif not depth and not _DIVIDES.match(inner):
                out.append(self._place(inner))
        return "".join(out).strip()

    def _place(self, inner: str) -> str:
        """One place, as ours or as the text that it always is; `…` where it can be neither."""
        subject, *pipes = (part.strip() for part in _piped(inner))
        if found := _PRINTF.match(subject):
            rest = subject[found.end() :].strip()
            made = self._printed(found, rest) if not pipes else None
        elif len(pipes) == 1 and (found := _PRINTF.fullmatch(pipes[0])):
            made = self._printed(found, subject)
        else:
            made = self._formed(subject, pipes)
        if made is None:
            self.left_out.append(inner)
            return "…"
        return made

    def _formed(self, subject: str, pipes: list[str]) -> str | None:
        """A value, a label or a constant, and the form that follows it or stands before it."""
        words = subject.split(None, 1)
        if len(words) == _CALLED and words[0] in _FORMS:
            subject, pipes = words[1].strip("() "), [words[0], *pipes]
        forms = [_FORMS.get(pipe) for pipe in pipes]
        if constant := _CONSTANT.match(subject):
            return _constant(constant[1], forms)
        place = self._subject(subject)
        if place == "value" and forms:
            return _written(place, forms[0]) if len(forms) == 1 and forms[0] else None
        return None if place is None else _written(place)

    def _subject(self, text: str) -> str | None:
        if _VALUE.fullmatch(text):
            return "value"
        if _LABELS.fullmatch(text):
            return "labels"
        found = _LABEL.fullmatch(text) or _INDEXED.fullmatch(text)
        if found is None:
            return None
        return {"instance": "item", "job": f"'{self.job}" if self.job else "item"}.get(
            found[1], f"labels.{found[1]}"
        )

    def _printed(self, form: re.Match[str], subject: str) -> str | None:
        place, verb = self._subject(subject), form["verb"]
        if place is None or (place == "value" and verb not in _PLAIN_VERBS | {"f", "d"}):
            return None
        middle = _written(place)
        if place == "value" and verb in {"f", "d"}:
            digits = int(form["digits"] or "6") if verb == "f" else 0
            middle = _written(place, f"fixed {min(digits, _MOST_DIGITS)}")
        return f"{form['before']}{middle}{form['after'].replace('%%', '%')}"


def _constant(text: str, forms: list[str | None]) -> str | None:
    if not forms:
        return text
    try:
        return FORMS[forms[0] or ""](float(text))
    except (KeyError, ValueError):
        return None


def _written(place: str, form: str = "") -> str:
    if place.startswith("'"):
        return place[1:]
    return f"{{{{ {place} | {form} }}}}" if form else f"{{{{ {place} }}}}"


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """What stands between tags, and the tag behind it."""
    at = 0
    for tag in _TAG.finditer(text):
        yield text[at : tag.start()], tag[1]
        at = tag.end()
    yield text[at:].replace("{{", "{ {"), None


def _piped(text: str) -> list[str]:
    """The parts between `|` that stand outside quotes."""
    parts, quote = [""], ""
    for letter in text:
        if letter == "|" and not quote:
            parts.append("")
            continue
        if letter in '"`':
            quote = "" if letter == quote else quote or letter
        parts[-1] += letter
    return parts
