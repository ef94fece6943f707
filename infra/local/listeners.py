"""Who listens where, read from /proc: the sandbox promises that it is on loopback alone and leaves nothing behind."""

import ipaddress
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_LISTEN = "0A"


def listeners(pids: Iterable[int]) -> dict[int, set[tuple[str, int]]]:
    """Give per process the addresses and ports on which it accepts TCP connections. Linux only."""
    table = dict(_listening())
    return {pid: {table[inode] for inode in _sockets(pid) if inode in table} for pid in pids}


def descendants(pid: int) -> list[int]:
    """Give every process below `pid` that is alive: children, their children, and so on."""
    found: list[int] = []
    for child in _children(pid):
        found += [child, *descendants(child)]
    return found


def processes_with(text: str) -> list[int]:
    """Give the processes, other than this one, that have `text` in their command line: a folder of a run, such as."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != os.getpid() and text.encode() in _read(entry / "cmdline")
    ]


def _children(pid: int) -> list[int]:
    return [
        int(number)
        for task in _entries(Path(f"/proc/{pid}/task"))
        for number in _read(task / "children").decode().split()
    ]


def _listening() -> Iterator[tuple[str, tuple[str, int]]]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _read(Path(table)).decode().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN:
                host, _, port = fields[1].partition(":")
                yield fields[9], (_address(host), int(port, 16))


def _address(text: str) -> str:
    """Read the kernel's notation: hexadecimal words of four bytes, each in the byte order of the machine."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def _sockets(pid: int) -> Iterator[str]:
    for entry in _entries(Path(f"/proc/{pid}/fd")):
        try:
            target = os.readlink(entry)
        except OSError:  # closed since we listed the folder
            continue
        if target.startswith("socket:["):
            yield target[len("socket:[") : -1]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # the process is gone
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # the process is gone
        return b""
