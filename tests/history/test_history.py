"""Everybody at once on one dossier and one school: every answer is explained by some order of the acts.

A few runs here, many by `make history`. The search itself is tested on histories that nobody could explain.
"""

import time

import pytest

from infra.local.aws import Aws, provision
from tests.conftest import Provisioned
from tests.history import model
from tests.history.actors import School
from tests.history.model import Act, Answer
from tests.history.run import Ground, figures, play
from tests.history.search import Done, explain

_ACCOUNT, _SEED, _ACTS, _SECONDS, _MOST = "340000000001", "20261124", 7, 10, 4


def test_every_answer_is_explained_by_some_order_of_the_acts(ministack: str) -> None:
    """One run, and more for as long as they are quick: a loaded machine does fewer."""
    ground = Ground.of(Provisioned(ministack, _ACCOUNT, provision(Aws(ministack, _ACCOUNT))))
    schools: list[School] = []
    began = time.monotonic()
    while not schools or (time.monotonic() - began < _SECONDS and len(schools) < _MOST):
        schools.append(play(ground, len(schools) + 1, f"{_SEED} {len(schools)}", _ACTS))
    print(f"\n{len(schools)} runs, SEED={_SEED}\n{figures(schools)}")
    words = {one.act.word for school in schools for history in school.history.values() for one in history}
    assert words >= {"look", "save", "collect", "show", "fetch"}


def history(*acts: tuple[float, float, Act, Answer]) -> list[Done]:
    return [Done("iemand", act, began, ended, answer) for began, ended, act, answer in acts]


SAVED = (3, "b", 0, False, False, False)
OPEN = model.Card(1, number=1, collected=True, shown=True, open=True)


@pytest.mark.parametrize(
    ("begin", "wrong"),
    [
        pytest.param(
            model.Card(1),
            history((0, 2, Act("save", 1, "a"), ("ok", 2)), (1, 3, Act("save", 1, "b"), ("ok", 2))),
            id="two saves of what only one of them saw",
        ),
        pytest.param(
            model.Card(1),
            history((0, 1, Act("save", 1, "a"), ("ok", 2)), (2, 3, Act("look"), (1, "", 0, False, False, False))),
            id="a look that misses what was saved before it",
        ),
        pytest.param(
            model.Card(1),
            history((0, 9, Act("save", 1, "a"), ("ok", 2)), (1, 2, Act("look"), SAVED), (3, 4, Act("look"), SAVED)),
            id="a value that nobody saved",
        ),
        pytest.param(
            OPEN,
            history((0, 1, Act("withdraw"), ("ok",)), (2, 3, Act("fetch"), ("ok", 1))),
            id="a delivery after a withdrawal",
        ),
        pytest.param(
            OPEN,
            history((0, 1, Act("collect"), ("ok", 2)), (0, 1, Act("fetch"), ("ok", 2))),
            id="a delivery of what nobody was shown",
        ),
        pytest.param(
            OPEN,
            history((0, 2, Act("withdraw"), ("ok",)), (1, 3, Act("withdraw"), ("ok",))),
            id="two withdrawals of one opening",
        ),
        pytest.param(
            OPEN,
            history((0, 2, Act("collect"), ("ok", 2)), (1, 3, Act("collect"), ("ok", 2))),
            id="one version collected twice",
        ),
    ],
)
def test_what_no_order_explains_is_found(begin: model.Card, wrong: list[Done]) -> None:
    assert explain(wrong, begin, model.card) is None


def test_two_pupils_with_one_number_are_found() -> None:
    both = history((0, 2, Act("put", 0, "n-1"), ("ok",)), (1, 3, Act("put", 0, "n-2"), ("ok",)))
    assert explain(both, model.Number(), model.number) is None
    one = history((0, 2, Act("put", 0, "n-1"), ("PGN_IN_GEBRUIK",)), (1, 3, Act("put", 0, "n-2"), ("ok",)))
    assert explain(one, model.Number(), model.number) == [one[1], one[0]]


def test_what_overlapped_may_have_been_in_either_order_and_what_did_not_may_not() -> None:
    late = history((0, 5, Act("save", 1, "a"), ("ok", 2)), (1, 2, Act("look"), (1, "", 0, False, False, False)))
    assert explain(late, model.Card(1), model.card) == [late[1], late[0]]
    early = history((0, 5, Act("save", 1, "a"), ("ok", 2)), (1, 2, Act("look"), (2, "a", 0, False, False, False)))
    assert explain(early, model.Card(1), model.card) == early


def test_who_lost_every_race_and_was_told_so_changed_nothing() -> None:
    lost = history((0, 1, Act("collect"), model.CHANGED), (2, 3, Act("look"), (1, "", 0, False, False, False)))
    assert explain(lost, model.Card(1), model.card) == lost
