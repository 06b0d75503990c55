"""What people type, in one form: for keeping, for codes, for comparing and searching.

A Chinese keyboard types letters and digits in full width and a blank as wide as a character; what
is copied from a chat or a page brings marks that nobody sees. To a person `ＨＩＳ` and `HIS` with a
zero-width space behind it are `HIS`, so they must be that to the platform.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = "".join(map(chr, (*range(1, 9), *range(14, 32), *range(127, 133), *range(134, 160))))
"""All but those that end a line or stand for a blank."""
NEVER_SEEN = _CONTROLS + (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d"
    "\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e"
    "\u206f\u3164\ufeff\uffa0"
)
"""Controls, soft hyphen, zero-width space, joiner of words, marks of direction, fillers."""
JOINERS = "\u200c\u200d"
"""Seen by what they do between letters of some scripts and in pictures; elsewhere by nobody."""
_JOINED = r"\u0600-\u08ff\u0900-\u0dff\u1800-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_UNSEEN = re.compile(
    f"[{re.escape(NEVER_SEEN)}\U000e0000-\U000e007f]|(?<![{_JOINED}])[{JOINERS}]|[{JOINERS}](?![{_JOINED}])"
)
_CONTROL = re.compile(f"[{re.escape(_CONTROLS)}]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Every blank but the common ones: wide ones of a Chinese keyboard, those that do not break."""
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")
"""Full-width digits and letters. Full-width punctuation is how Chinese is written, and stays."""


def typed(text: str) -> str:
    """As it is kept: what is not seen is gone, letters and digits are narrow, ends are bare.

    Punctuation, line ends and what a person chose to write (`㎡`, `①`) stay.
    """
    if _is_plain(text):
        return text.strip()
    seen = _BLANKS.sub(" ", _UNSEEN.sub("", text))
    narrow = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), seen)
    return unicodedata.normalize("NFC", narrow).strip()


def typed_code(text: str) -> str:
    """As a code is kept: an address, a number, a mail; there a full stop of Chinese is a dot."""
    if _is_plain(text):
        return text.strip()
    return compatible(text).replace("。", ".").strip()


def compatible(text: str) -> str:
    """With every compatible form of a character as the common one (NFKC), and nothing unseen."""
    if _is_plain(text):
        return text
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text))


def _is_plain(text: str) -> bool:
    return text.isascii() and (text.isprintable() or not _CONTROL.search(text))


def matching(text: str) -> str:
    """For comparing: two texts that a person would take for the same come out the same."""
    return compatible(text).strip().casefold()
