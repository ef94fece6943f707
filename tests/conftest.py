"""Fixtures that several folders share: one embedded AWS per run, an account of its own for each test that asks."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from infra.local.aws import Aws, provision, start_ministack
from infra.local.processes import stop

_ACCOUNTS = itertools.count(int(os.environ.get("OSO_TEST_ACCOUNT", "200000000001")))


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
