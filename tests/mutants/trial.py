"""One mutant in a process of its own: the module is read broken, then the tests that come there are run.

The process is a fork of one that has every library loaded and nothing of ours, so that it begins in no time and sees
the broken module from its first import on: constants and registers that are made then are broken too.
"""

import ast
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any


def warm() -> None:
    """Load the libraries that tests need; nothing of ours."""
    for name in ("boto3", "chalice.app", "hypothesis", "jsonschema", "jwt", "lxml.etree", "pydantic", "urllib3"):
        importlib.import_module(name)


def in_child(run: Callable[[], int], seconds: float) -> int:
    """What `run` gives in a fork, whose output is dropped; -1 when it takes longer, or ends otherwise."""
    pid = os.fork()
    if pid == 0:
        _run_and_leave(run)
    end = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return -1
        time.sleep(0.01)


def _run_and_leave(run: Callable[[], int]) -> None:
    """In the fork: end with what `run` gives, whatever happens, and never come back."""
    code = 3
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = run()
    finally:
        os._exit(code)


def is_killed(module: str, tree: ast.Module, tests: Sequence[str], seconds: float) -> bool:
    """Whether one of the tests turns red, or cannot even be run, with this tree in place of the module."""

    def run() -> int:
        import pytest
        from hypothesis import settings

        sys.meta_path.insert(0, _Broken(module, tree))
        settings.register_profile("mutants", database=None, deadline=None)
        settings.load_profile("mutants")
        # 4: pytest no longer finds a test, since its case has another name now; then its whole file is asked
        code = int(pytest.main([*tests, *OPTIONS]))
        return int(pytest.main([*sorted({test.partition("::")[0] for test in tests}), *OPTIONS])) if code == 4 else code

    return in_child(run, seconds) != 0


ROOT = Path(__file__).resolve().parents[2]
OPTIONS = (
    *("-x", "-q", "--no-header", "--hypothesis-seed=0", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # hypothesis is there before pytest, see `warm`
)


class _Broken(MetaPathFinder):
    """Finds one module, broken; every other one is found as always."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self._module, self._tree = module, tree

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._module:
            return None
        sys.meta_path.remove(self)
        try:
            found = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        assert found is not None
        assert found.origin is not None
        loader = _Loader(name, found.origin, self._tree)
        return importlib.util.spec_from_file_location(
            name, found.origin, loader=loader, submodule_search_locations=found.submodule_search_locations
        )


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, tree: ast.Module) -> None:
        super().__init__(name, path)
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType | None:
        code: CodeType = compile(self._tree, str(Path(self.path)), "exec")
        return code
