"""Which system user the database server runs as.

PostgreSQL refuses to run as root, so root lends it a system user of its own; everybody else runs
it as themselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wardround.kernel.wording import Wording
from wardround.site.errors import WrongOwner

SERVICE_USER = "wardround"


@dataclass(frozen=True)
class Owner:
    """A system user; `lent` when it is not the one we run as."""

    name: str
    uid: int
    gid: int
    lent: bool

    def take(self, path: Path) -> None:
        """Make a folder this user's, and closed to others."""
        path.mkdir(parents=True, exist_ok=True)
        if self.lent:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def reaches(self, path: Path) -> bool:
        """Whether this user may pass every folder down to `path`."""
        return all(self._passes(folder) for folder in [path, *path.parents])

    def _passes(self, path: Path) -> bool:
        found = path.stat()
        if not self.lent or found.st_uid == self.uid:
            return True
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def database_owner() -> Owner:
    """The user for the database server: ourselves, or as root a system user made for it."""
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Owner(me.pw_name, me.pw_uid, me.pw_gid, lent=False)
    for name in (SERVICE_USER, "postgres"):
        if name == SERVICE_USER:
            _make_service_user()
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(found.pw_name, found.pw_uid, found.pw_gid, lent=True)
    raise WrongOwner(
        Wording(
            "Run as root, the database needs a system user, and wardround could not be made."
            " Run: useradd --system wardround"
        )
    )


def _make_service_user() -> None:
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program is None:
            return
        command = [program, "--system", "--user-group", "--no-create-home"]
        shell = "/usr/sbin/nologin"
        subprocess.run(
            [*command, "--shell", shell, SERVICE_USER], check=False, capture_output=True, timeout=30
        )
