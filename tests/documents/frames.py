"""What the fragments of the documents stand in, by the name that the page gives: `in NAME`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping

_TARGET = """\
kind: targets
name: framed
targets:
  - item: db-host-01
    template: linux-machine
    address: here
"""

_TYPE = """\
kind: ticket-type
name: framed
label: framed
numbering: FRA
levels: service-levels
assignment: service-team
fields:
  - {name: cause, label: cause, type: text}
initial: new
states:
  - {name: new, label: new, category: new}
  - {name: closed, label: closed, category: closed}
transitions:
  - name: close
    label: close
    from: [new]
    to: closed
    guard: '%s'
"""

FRAMES: Mapping[str, Callable[[str], str]] = {
    "target": lambda text: _TARGET + textwrap.indent(text, "    "),
    "guard": lambda text: _TYPE % text.strip(),
}
