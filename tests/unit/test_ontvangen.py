"""A session with a school of which some aanleverpunten never answer: bounded in time, always signed off (2.1, 9b.4)."""

from typing import cast

import pytest

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.errors import Unavailable
from chalicelib.flows.ontvangen import Gevraagd, Ontvangst, haal
from chalicelib.messages import berichten as b
from chalicelib.traffic_center import TrafficCenter
from tests.pupil import NUMBERS

SCHOOL = Brin("14SS")


class Center:
    """A Traffic Center that knows some aanleverpunten, each of which accepts and says nothing for 23 seconds."""

    def __init__(self, points: int) -> None:
        self.points, self.asked, self.seconds, self.signed_off = points, list[str](), 0, 0

    def open_sessie(self, *_: object) -> b.OverdrachtResponse:
        names = (Aanleverpunt(str(n)) for n in range(self.points))
        return b.OverdrachtResponse("s", tuple(b.Aanleverpuntadres(one, f"https://{one}", SCHOOL) for one in names))

    def vraag_dossier(self, url: str, _: object) -> bytes:
        self.asked.append(url.removeprefix("https://"))
        self.seconds += 23
        raise Unavailable("PEER_ONBEREIKBAAR")

    def meld_af(self, *_: object) -> b.AfmeldingResponse:
        self.signed_off += 1
        return b.AfmeldingResponse()

    def ask(self, begin: int, budget: int = 30) -> Ontvangst:
        number = Pgn(PgnType.BSN, NUMBERS[0])
        ours = (Brin("99EF"), Aanleverpunt("0"))
        asked = Gevraagd(SCHOOL, ours, number, Overdrachtsoort.OVERSTAPDOSSIER, begin=begin)
        found = haal(cast(TrafficCenter, self), asked, lambda: self.seconds < budget)
        assert isinstance(found, Ontvangst)
        return found


@pytest.mark.parametrize("begin", range(6))
def test_no_further_one_is_asked_when_time_is_up_and_the_next_try_begins_elsewhere(begin: int) -> None:
    center = Center(4)
    outcome = center.ask(begin)
    assert center.asked == [str(begin % 4), str((begin + 1) % 4)]
    assert (outcome.later, center.signed_off) == (True, 1)


def test_five_tries_reach_each_of_six() -> None:
    asked = set[str]()
    for begin in range(5):
        center = Center(6)
        center.ask(begin)
        asked |= set(center.asked)
    assert asked == set("012345")


def test_one_is_asked_however_late_it_is_and_none_where_there_is_none() -> None:
    late, empty = Center(3), Center(0)
    late.ask(1, budget=0)
    assert late.asked == ["1"]
    assert empty.ask(3).later is False
    assert empty.signed_off == 1
