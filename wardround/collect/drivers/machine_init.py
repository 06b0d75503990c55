"""Services of machines without systemd, from their init scripts; no script is ever run.

Asking each script for its status takes seconds and may do anything. What tells instead is the pid
file a script names and the processes that run; where neither does, the state is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import psutil

INIT_D = Path("/etc/init.d")
NOT_KNOWN = "state not known: neither a pid file nor a process tells"
_NO_SERVICES = frozenset(
    {"README", "functions", "skeleton", "rc", "rcS", "rc.local", "single", "halt", "reboot",
     "killall", "killprocs", "sendsigs", "umountfs", "umountnfs.sh", "umountroot"}
)  # fmt: skip
_LARGEST = 256 * 1024
_DEEPEST = 4
_ASSIGNED = re.compile(
    r"""^\s*(?:export\s+|readonly\s+)?([A-Za-z_]\w*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"';#]+))""",
    re.MULTILINE,
)
_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}$]*))?\}|\$(\w+)")
_SAID = re.compile(r"^#\s*(pidfile|processname|Short-Description):[ \t]*(\S.*?)\s*$", re.MULTILINE)
_SAME_START = 2.0
"""Seconds a pid file may be older than its process; more, and the number was given away anew."""

Row = dict[str, str]


@dataclass(frozen=True)
class InitScript:
    """What a script says of its service."""

    name: str
    about: str
    pid_files: tuple[Path, ...]
    programs: frozenset[str]
    """Whole paths and bare names of processes that are this service."""


@dataclass(frozen=True)
class _Running:
    """Programs that run, by path and by name."""

    programs: frozenset[str]

    @classmethod
    def now(cls) -> _Running:
        found: set[str] = set()
        for process in psutil.process_iter(["name", "exe", "cmdline", "status"], ad_value=None):
            if process.info["status"] == psutil.STATUS_ZOMBIE:
                continue
            command = process.info["cmdline"] or [""]
            first = command[0].split(" ", 1)[0].rstrip(":")  # some write their title there
            found |= {
                process.info["name"] or "",
                process.info["exe"] or "",
                first,
                first.rpartition("/")[2],
            }
        return cls(frozenset(found - {""}))


class InitServices:
    """Reads each script once, until it changes; remembers which services it saw run."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or INIT_D
        self._scripts: dict[Path, tuple[int, InitScript]] = {}
        self._ran: set[str] = set()

    def rows(self) -> list[Row]:
        scripts = self._known()
        running = _Running.now() if scripts else _Running(frozenset())
        return [self._row(script, running) for script in scripts]

    def _known(self) -> list[InitScript]:
        found: dict[Path, tuple[int, InitScript]] = {}
        for path in sorted(self._folder.iterdir()):
            if path.name in _NO_SERVICES or path.name.startswith(".") or ".dpkg-" in path.name:
                continue
            try:
                about = path.stat()
                if not path.is_file() or not about.st_mode & 0o111 or about.st_size > _LARGEST:
                    continue
                known = self._scripts.get(path)
                if known is None or known[0] != about.st_mtime_ns:
                    text = path.read_text(errors="replace")
                    known = (about.st_mtime_ns, read_script(path.name, text))
            except OSError:
                continue  # gone, or not ours to read
            found[path] = known
        self._scripts = found
        return [script for _, script in found.values()]

    def _row(self, script: InitScript, running: _Running) -> Row:
        up = _alive(script.pid_files)
        if not up and script.programs & running.programs:
            up = True
        if up is None and (script.name in self._ran or _tells(script.pid_files)):
            up = False  # its process ended, or the file that says it runs is not there
        if up:
            self._ran.add(script.name)
        if up is None:
            about = "; ".join(filter(None, (script.about, NOT_KNOWN)))
            return _said(script.name, "unknown", "unknown", about)
        return _said(script.name, *(_UP if up else _DOWN), script.about)


_UP, _DOWN = ("active", "running"), ("inactive", "stopped")


def _said(name: str, state: str, sub_state: str, description: str) -> Row:
    return {"name": name, "state": state, "sub_state": sub_state, "description": description}


def read_script(name: str, text: str) -> InitScript:
    """Pid files, programs and the description that a script names, its variables filled in."""
    values = {found[0]: found[1] or found[2] or found[3] for found in _ASSIGNED.findall(text)}
    said = dict(reversed(_SAID.findall(text)))  # the first of each counts
    files = [said.get("pidfile", "")] + [
        value
        for variable, value in values.items()
        if "PID" in variable.upper() and "DIR" not in variable.upper()
    ]
    programs = [said.get("processname", ""), name] + [
        value for variable, value in values.items() if variable.upper() in _PROGRAM_VARIABLES
    ]
    whole = [path for file in files if (path := _filled(file, values)).startswith("/")]
    return InitScript(
        name,
        said.get("Short-Description", ""),
        tuple(dict.fromkeys(Path(path) for path in whole)),
        frozenset(_filled(program, values) for program in programs) - {""},
    )


_PROGRAM_VARIABLES = frozenset({"DAEMON", "DAEMON_PATH", "PROG", "PROGRAM", "EXEC", "BIN"})


def _filled(text: str, values: dict[str, str]) -> str:
    """The text without variables; nothing where one cannot be known without a shell."""
    for _ in range(_DEEPEST):
        if "$" not in text:
            break
        text = _VARIABLE.sub(
            lambda variable: values.get(variable[1] or variable[3], variable[2] or ""), text
        )
    return "" if re.search(r"[$`*?()]", text) else text.strip()


def _alive(files: tuple[Path, ...]) -> bool | None:
    """Whether the process of the first readable pid file lives; None when there is none."""
    for path in files:
        try:
            pid = int(path.read_text().split()[0])
            written = path.stat().st_mtime
        except (OSError, ValueError, IndexError):
            continue
        try:
            process = psutil.Process(pid)
            ended = process.status() == psutil.STATUS_ZOMBIE
            return not ended and process.create_time() <= written + _SAME_START
        except psutil.Error:
            return False
    return None


def _tells(files: tuple[Path, ...]) -> bool:
    """Whether a missing pid file means anything: it could be seen if it were there."""
    try:
        return bool(files) and not any(path.exists() for path in files)
    except OSError:
        return False


__all__ = ["INIT_D", "NOT_KNOWN", "InitScript", "InitServices", "read_script"]
