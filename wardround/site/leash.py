"""Starting a child that cannot outlive us.

Each child leads a session of its own, so that Ctrl-C reaches only the supervisor, which then stops
things in order; and the kernel ends it when the supervisor dies, however that happens.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import partial
from typing import IO

from wardround.site.owner import Owner

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def leashed(  # noqa: PLR0913  # what a process is started with, each by its name
    command: Sequence[str],
    *,
    owner: Owner | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    at_our_death: signal.Signals = signal.SIGTERM,
    handles: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child on the leash; as another system user when one is lent.

    It inherits `handles` beside its standard ones.
    """
    lent = owner is not None and owner.lent
    base = dict(os.environ) | dict(environment or {})
    if lent:
        base = {
            "PATH": base.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "HOME": "/",
            "TZ": "UTC",
        }
    return subprocess.Popen(
        list(command),
        env=base,
        cwd="/" if lent else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        pass_fds=handles,
        preexec_fn=partial(_libc.prctl, _PR_SET_PDEATHSIG, at_our_death),  # noqa: PLW1509  # started from the one main thread
        user=owner.uid if owner is not None and lent else None,
        group=owner.gid if owner is not None and lent else None,
        extra_groups=[] if lent else None,
    )
