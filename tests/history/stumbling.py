"""The history server with a defect of its own: what fills the tables, or its memory, breaks so many
times (`STUMBLES`), at the place that `STUMBLES_AT` names. Otherwise it is the server as it is.
"""

import os
import sys

from wardround.history import committer, inserting, recent, server, windows

_PLACES = {
    "order": (inserting.Inserts, "_ordered"),
    "insert": (windows.Closed, "touched"),
    "memory": (recent.Recent, "work_in"),
}

if __name__ == "__main__":
    owner, name = _PLACES[os.environ["STUMBLES_AT"]]
    whole, left = getattr(owner, name), [int(os.environ["STUMBLES"])]

    def stumbling(*arguments: object, **named: object) -> object:
        if left[0]:
            left[0] -= 1
            raise KeyError("a defect")
        return whole(*arguments, **named)

    setattr(owner, name, stumbling)
    committer.MOST_DEFECTS = 2
    committer._SHORTEST_PAUSE = 0.01
    sys.exit(server.main())
