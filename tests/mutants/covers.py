"""Which tests call which functions: recorded once by running them all, kept until a source or a test changes."""

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.mutants.trial import OPTIONS, ROOT, in_child

_KEPT = ROOT / "build" / "mutants"
PACKAGE = str(ROOT / "chalicelib") + "/"
Covers = dict[str, list[tuple[str, float]]]
EVERY = "*"
"""By function, `path:first line`, by module, `path:0`, and all (`EVERY`): the tests that come there, and their seconds.

A test that only reads constants calls nothing, and stands under `EVERY` alone.
"""


def covers(tests: Sequence[str]) -> Covers:
    """What these test files reach. Raises RuntimeError when one of them is red as it is."""
    kept = _KEPT / f"covers-{_fingerprint(tests)}.json"
    if not kept.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        code = in_child(lambda: _record(tests, kept), 900)
        if code != 0:
            kept.unlink(missing_ok=True)
            raise RuntimeError(f"the tests are not green before anything is broken (pytest ended with {code})")
    found: Covers = {name: [(test, seconds) for test, seconds in rows] for name, rows in _read(kept).items()}
    return found


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def _fingerprint(tests: Sequence[str]) -> str:
    hashed = hashlib.sha256(repr(tests).encode())
    for path in sorted([*ROOT.glob("chalicelib/**/*.py"), *ROOT.glob("tests/**/*.py")]):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:16]


def _record(tests: Sequence[str], kept: Path) -> int:
    plugin = _Recorder()
    code = int(pytest.main([*tests, *OPTIONS], plugins=[plugin]))
    kept.write_text(json.dumps(plugin.covers))
    return code


class _Recorder:
    """A pytest plugin: notes every function of the package that a test calls, in its fixtures too."""

    def __init__(self) -> None:
        self.covers: Covers = {}
        self._called: set[tuple[str, int]] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._called = set()
        begin = time.perf_counter()
        sys.setprofile(self._note)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            seconds = round(time.perf_counter() - begin, 4)
            names = {f"{path}:{line}" for path, line in self._called} | {f"{path}:0" for path, _ in self._called}
            for name in names | {EVERY}:
                self.covers.setdefault(name, []).append((item.nodeid, seconds))

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            self._called.add((frame.f_code.co_filename.removeprefix(PACKAGE), frame.f_code.co_firstlineno))
