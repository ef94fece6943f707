"""Child processes of the sandbox: start them on a port we hold, wait until they say so, end them by pid."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
_TETHER = str(Path(__file__).with_name("tether.py"))
ROOT = Path(__file__).resolve().parents[2]


class StartError(RuntimeError):
    """A part of the sandbox did not come up; the text ends with the last lines of its log."""


@dataclass(frozen=True)
class Child:
    """One process that we started: its name for people, and the file that its output goes to."""

    naam: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self.process.poll() is None


def start(
    naam: str, command: Sequence[str], log: Path, env: Mapping[str, str], sockets: Sequence[socket.socket] = ()
) -> Child:
    """Start `command` in the project's folder, tied to our own life, with `sockets` inherited under their own numbers.

    Its stderr goes to `log`, and its stdout to a pipe for `ready`. `env` comes on top of a clean environment: only what
    a program needs to run at all (PATH, HOME, locale) is taken from ours, so no setting leaks in.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", _TETHER, str(os.getpid()), *command],
            cwd=ROOT,
            env={**kept, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            pass_fds=[one.fileno() for one in sockets],
            start_new_session=True,  # Ctrl-C reaches us alone, and we end our children in order
        )
    return Child(naam, process, log)


_KEPT = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "COVERAGE_PROCESS_START"})


def ready(child: Child) -> dict[str, Any]:
    """Wait for the one JSON line by which a child says that it is up; raise StartError if it ends without.

    The child closes its stdout after that line (`announce`), so nothing has to keep on reading the pipe.
    """
    assert child.process.stdout is not None
    with child.process.stdout as pipe:
        line = pipe.readline()
    if not line.startswith(b"{"):
        stop(child)
        raise StartError(f"{child.naam} did not start:\n{tail(child.log)}")
    answer: dict[str, Any] = json.loads(line)
    return answer


def announce(facts: Mapping[str, Any]) -> None:
    """Say in the child that it is up: print one JSON line, then let stdout follow stderr into the log.

    On a terminal stdout stays where it is, for who starts one part by hand.
    """
    print(json.dumps(facts), flush=True)
    if not sys.stdout.isatty():
        os.dup2(2, 1)


def stop(child: Child, seconds: float = 10) -> None:
    """End one child by its pid: SIGTERM, and SIGKILL when it has not gone after `seconds`."""
    if child.alive():
        child.process.terminate()
    try:
        child.process.wait(seconds)
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()
    if child.process.stdout is not None:
        child.process.stdout.close()


def stop_all(children: Sequence[Child]) -> None:
    """End all: ask everyone first, then wait for each, the last one started first."""
    for child in reversed(children):
        if child.alive():
            child.process.terminate()
    for child in reversed(children):
        stop(child)


def listen() -> socket.socket:
    """Give a listening loopback socket on a free port: held from the start, so nobody can take the port in between."""
    return socket.create_server((LOOPBACK, 0), backlog=128)


def port_of(one: socket.socket) -> int:
    """Give the port number of a listening socket."""
    port: int = one.getsockname()[1]
    return port


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll `condition` until it holds; raise StartError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise StartError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 30) -> str:
    """Give the last lines of a log, for a person who must see why a process ended."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
