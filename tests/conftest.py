"""Fixtures that several folders share: one embedded AWS per run, an account of its own for each test that asks."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.aws import Aws, provision, start_ministack
from infra.local.processes import stop

# These make things in the tree itself (`build/`, `demo-out/`, `var/`) or take the whole machine: one after the other.
_IN_THE_TREE = {
    "test_demo.py",
    "test_deployed.py",
    "test_exchange.py",
    "test_package.py",
    "test_readme.py",
    "test_readme_deploy.py",
    "test_soak.py",
}
_ACCOUNTS = itertools.count(int(os.environ.get("OSO_TEST_ACCOUNT", "200000000001")))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes name no test: those of an archive hold the clock, and two workers must have the same names."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(optionalhook=True)  # only there when tests are run side by side
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where tests are run side by side (`make test`): those of a file by one worker, with the fixtures of that file."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist comes without types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tree" if file.rpartition("/")[2] in _IN_THE_TREE else file

    return ByFile(config, log)


@dataclass(frozen=True)
class Provisioned(Aws):
    """An account in which infra/resources.yaml is deployed; `names` are the settings of the app that follow from it."""

    names: dict[str, str]


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded AWS; many short runs can share one (tests/guards_protocol.py)."""
    if given := os.environ.get("OSO_TEST_MINISTACK"):
        yield given
        return
    endpoint, child = start_ministack(tmp_path_factory.mktemp("ministack"))
    yield endpoint
    stop(child)


@pytest.fixture
def aws(ministack: str) -> Provisioned:
    """A fresh account with all resources."""
    account = str(next(_ACCOUNTS))
    return Provisioned(ministack, account, provision(Aws(ministack, account)))
