"""The page of promises names tests and commands that exist, and the README leads to it."""

import re

import pytest

from tests.unit.test_readme import README, ROOT, names_in

PAGE = (ROOT / "infra" / "promises.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| promise")]


@pytest.mark.parametrize("row", ROWS)
def test_a_promise_has_a_test_and_a_command_that_exist(row: str) -> None:
    _, tests, counted = row.strip("| ").split(" | ")
    cited = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
    assert cited, "a promise that nothing tests"
    assert [f"{path}::{name}" for path, name in cited if name not in names_in(path)] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", counted)) & targets, counted


def test_every_kind_of_promise_is_there_and_the_readme_leads_to_it() -> None:
    assert len(ROWS) > 20
    assert "`infra/promises.md`" in README
    for target in ("faults", "history", "fuzz", "mutants", "soak", "leaks", "guards", "bench"):
        assert f"`make {target}" in PAGE
