"""What stands where nothing is known: what boards, firmware and people write instead of a value.

Such a value identifies nothing. The list is declared here; a source may add what it writes itself.
"""

from __future__ import annotations

import re

_WRITTEN = """
0 - -- . / x xx na nil null none unknown undefined default empty unset
notspecified notapplicable notavailable notset notpresent nosuchobject noserialnumber
nosn tobefilledbyoem filledbyoem oem oemstring o.e.m.
defaultstring defaulthostname systemserialnumber serialnumber chassisserialnumber
baseboardserialnumber
systemproductname systemmanufacturer systemuuid assettag noassettag noassetinformation
assettagnumber chassisassettag 0123456789 1234567890 123456789 12345678 012345678 123456
evalboard invalid unspecified tbd tba todo localhost localhost.localdomain
03000200040005000006000700080009 fefefefefefefefefefefefefefefefe
无 未知 空 暂无 不详 没有 待定 待补 待填 不明 无序列号 未填写 同上 见标签
"""
_MARKS = re.compile(r"[\s\-_./\\:,;()\[\]{}<>*#]+")
_ALIKE = re.compile(r"(.)\1*")
_FEW = 1


def bare(text: str) -> str:
    """A code without the marks that one writes and another leaves out."""
    return _MARKS.sub("", text)


PLACEHOLDERS = frozenset(bare(word) for word in _WRITTEN.split())
"""In small letters, without blanks and marks."""


def says_nothing(text: str, *, code: bool = True) -> bool:
    """Whether this is written where nothing is known; a `code` of one sign alone (`0000`, `xxxx`)
    is no code either, a name of one letter is a name.
    """
    short = bare(text)
    if short in PLACEHOLDERS:
        return True
    return code and len(short) > _FEW and _ALIKE.fullmatch(short) is not None
