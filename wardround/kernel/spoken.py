"""How Chinese is spoken: names in full pinyin and by the initials of their syllables.

`放射科PACS` is heard as `fang she ke pacs` and abbreviated to `fskpacs`. Many characters have
several readings: a phrase decides (重庆 is chong qing), and where a hospital's words and people's
names are commonly read in another way too, both are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

_MOST_READINGS = 8
"""Of one name; the likeliest first."""
_CHINESE = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKENS = re.compile(rf"[{_CHINESE}]+|[a-z]+|[0-9]+")
_ONE_CHINESE = re.compile(f"[{_CHINESE}]")
_ASKED = re.compile(r"(?=.*[a-z])[a-z0-9]{2,}\Z")

_ALSO: Mapping[str, tuple[str, ...]] = {
    entry[0]: tuple(entry[1:].split("/"))
    for entry in [
        "重zhong/chong",
        "长chang/zhang",
        "行xing/hang",
        "会hui/kuai",
        "血xue/xie",
        "调diao/tiao",
        "单dan/shan",
        "曾zeng/ceng",
        "仇chou/qiu",
        "乐le/yue",
        "厦xia/sha",
        "给gei/ji",
        "率lv/shuai",
        "薄bo/bao",
        "朴pu/piao",
        "解jie/xie",
        "查cha/zha",
        "区qu/ou",
        "翟zhai/di",
        "盖gai/ge",
        "覃qin/tan",
        "尉wei/yu",
        "大da/dai",
        "都du/dou",
        "藏cang/zang",
        "参can/shen",
        "传chuan/zhuan",
        "降jiang/xiang",
        "卡ka/qia",
        "系xi/ji",
        "校xiao/jiao",
        "脉mai/mo",
        "石shi/dan",
        "种zhong/chong",
        "尿niao/sui",
        "核he/hu",
        "壳ke/qiao",
        "颈jing/geng",
        "露lu/lou",
        "牟mou/mu",
        "缪miao/mou",
        "贾jia/gu",
        "盛sheng/cheng",
        "奇qi/ji",
        "俞yu/shu",
        "洗xi/xian",
        "隗wei/kui",
        "郇xun/huan",
        "繁fan/po",
        "员yuan/yun",
        "秘mi/bi",
        "绿lv/lu",
    ]
}
"""Readings of which either is commonly typed, whichever the phrase would have."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One name as it is heard: each reading as ` fang she ke pacs`, and its initials `fskpacs`."""

    readings: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()


_SILENT = Spoken()


def spoken(name: str) -> Spoken:
    """The readings of a folded name; of one without Chinese none."""
    if not _ONE_CHINESE.search(name):
        return _SILENT
    options = [option for token in _TOKENS.findall(name) for option in _options(token)]
    readings, initials = dict[str, None](), dict[str, None]()
    for reading in islice(product(*options), _MOST_READINGS):
        readings[" " + " ".join(text for text, _initial in reading)] = None
        initials["".join(initial for _text, initial in reading)] = None
    return Spoken(tuple(readings), tuple(initials))


_Option = tuple[tuple[str, str], ...]
"""How one syllable may be read, with the initial of each; a word of Latin letters is itself."""


@lru_cache(maxsize=50_000)
def _options(token: str) -> tuple[_Option, ...]:
    if token.isascii():
        return (((token, token),),)
    return tuple(_read(token))


def _read(chinese: str) -> Iterator[_Option]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # 50 MB that not every process needs

    syllables = lazy_pinyin(chinese, errors=list)  # type: ignore[arg-type]  # one for each unread
    for character, syllable in zip(chinese, syllables, strict=True):
        if not (syllable.isascii() and syllable.isalpha()):
            continue  # a character that nobody reads
        known = dict.fromkeys((syllable, *_ALSO.get(character, ())))
        yield tuple((reading, reading[0]) for reading in known)


def sound_asked(word: str) -> str:
    """A folded word as somebody types a sound, `nü` as `nv`; empty for what cannot be one."""
    typed = word.replace("ü", "v").replace("'", "")
    return typed if _ASKED.match(typed) else ""


def is_character(character: str) -> bool:
    return bool(_ONE_CHINESE.match(character))


def heard(sound: str) -> str:
    """The regular expression of what begins with a syllable and goes on like this, for lines of
    readings; the last syllable may be typed in part.
    """
    return " " + " ?".join(sound)


def first_letters(reading: str) -> Iterator[str]:
    """What a sound that is typed can begin with: from each syllable on, the first two letters and
    the first four.
    """
    syllables = reading.split()
    for place in range(len(syllables)):
        rest = "".join(syllables[place : place + 4])[:4]
        yield rest[:2]
        if len(rest) == 4:
            yield rest


def begins(sound: str) -> str:
    """The letters of `first_letters` to look a typed sound up by."""
    return sound[:4] if len(sound) >= 4 else sound[:2]
