"""What the commands of the engine take: lists of names, numbers within reach; examples of all."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from wardround.kernel.wording import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = {
    "cutsets": """example / 示例:

  cat > estate.txt <<'END'
  pacs = app and 2 of (web1, web2, web3) and (db1 hot db2 cold[15min] db3)
  app: probability=0.001
  END
  wardround cutsets estate.txt --top pacs --max-order 2
  wardround cutsets tree.xml basic-events.xml --mission-time 8760""",
    "whatif": """example / 示例:

  wardround whatif estate.txt --failed db1,web1
  wardround whatif estate.txt --failed host1 --services pacs,ris --json""",
    "cfia": """example / 示例:

  wardround cfia estate.txt --services pacs,ris --xlsx cfia.xlsx""",
}


_QUOTES = {'"': '"', "“": "”", "＂": "＂"}


def names(text: str) -> list[str]:
    """Names between commas (also those of a Chinese keyboard); at least one. A name that holds one
    stands in double quotes, as in the text form.
    """
    found = [name for name in map(_unquoted, _parts(text)) if name]
    if not found:
        raise argparse.ArgumentTypeError(told("name at least one"))
    return found


def _parts(text: str) -> Iterator[str]:
    closing = part = ""
    for character in text:
        if closing:
            closing = "" if character == closing else closing
        elif character in _QUOTES and (not part.strip() or part.endswith(character)):
            closing = _QUOTES[character]  # opened, or doubled inside
        elif character in ",，、":
            yield part
            part = ""
            continue
        part += character
    yield part


def _unquoted(part: str) -> str:
    part = part.strip()
    closing = _QUOTES.get(part[:1], "")
    if closing and len(part) > 2 and part.endswith(closing):
        return part[1:-1].replace(2 * closing, closing)
    return part


def at_least(least: int, kind: type[int | float]) -> Callable[[str], float]:
    """Reads a number that is not below `least`."""

    def number(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not value >= least:
            raise argparse.ArgumentTypeError(
                told("a number from %(least)s on, not “%(text)s”", least=least, text=text)
            )
        return value

    return number
