"""One sandbox for all end-to-end tests of a run, its schools enrolled: tests keep apart by the pupils that they use."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from infra.local.enrol import enrol
from infra.local.stack import Stack, stack
from infra.local.world import Options
from tests.e2e.client import Client
from tests.e2e.stand import Stand
from tests.pupil import NUMBERS

_IDS = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole sandbox: addresses, tokens, logs. A message that failed comes back after a second."""
    with stack(tmp_path_factory.mktemp("sandbox"), Options(retry=1, parties=("test_school", "swv"))) as up:
        enrol(up)
        yield up


@pytest.fixture(scope="session")
def bron(sandbox: Stack) -> Client:
    """The administratie of 14SS00."""
    return Client(sandbox, "14SS00")


@pytest.fixture(scope="session")
def doel(sandbox: Stack) -> Client:
    """The administratie of 99EF00."""
    return Client(sandbox, "99EF00")


@pytest.fixture
def client_of(sandbox: Stack) -> Iterator[Callable[[str], Client]]:
    """The administratie of any school, who takes her pupils away again."""
    made: list[Client] = []

    def client(school: str) -> Client:
        made.append(Client(sandbox, school))
        return made[-1]

    yield client
    for one in made:
        one.forget_pupils_made()


@pytest.fixture
def pupil() -> str:
    """A leerlingId that no other test uses."""
    return f"l-{next(_IDS)}"


@pytest.fixture(scope="session")
def _numbers() -> list[str]:
    return list(NUMBERS)


@pytest.fixture
def number(_numbers: list[str], bron: Client, doel: Client) -> Iterator[str]:
    """A BSN that nobody has; afterwards whoever got it is taken away again at 14SS00 and 99EF00."""
    one = _numbers.pop(0)
    yield one
    for client in (bron, doel):
        client.forget_pupils_made()
    _numbers.append(one)


@pytest.fixture(scope="session")
def center(sandbox: Stack) -> Stand:
    """The Traffic Center's control page."""
    return Stand(sandbox.center.stand)


@pytest.fixture(scope="session")
def test_school(sandbox: Stack) -> Stand:
    """The test school's control page."""
    return Stand(sandbox.parties["test_school"])


@pytest.fixture(scope="session")
def swv(sandbox: Stack) -> Stand:
    """The control page of the SWV's system."""
    return Stand(sandbox.parties["swv"])
