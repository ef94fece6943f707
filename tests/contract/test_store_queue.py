"""Nudges, clock and cursors on a real queue and table: ids alone travel, and a place holds for one list (house 1.3)."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Vestiging
from chalicelib.errors import Invalid
from chalicelib.flows.ophalen import nudge_open
from chalicelib.flows.opvragen import Verzoek, vraag_op
from chalicelib.store import Nudge, Stores
from chalicelib.store.lezen import SCHOLENLIJST
from chalicelib.web.deur import Vraag
from chalicelib.web.portal.cursor import ontzegel, verzegel
from chalicelib.web.portal.school import zoek_scholen
from chalicelib.web.toegang import Toegang
from tests.conftest import Provisioned
from tests.contract.desk import PGN, put
from tests.faults.seam import stores_of
from tests.faults.town import work
from tests.pupil import NOW, SCHOOL

# --- queue and clock --------------------------------------------------------------------------------------------------


def settled(aws: Provisioned) -> Stores:
    """Stores of an account of its own, with our school in it."""
    stores = stores_of(aws)
    stores.commit(work(stores).mutatie(Actie.SCHOOL_GEWIJZIGD, SCHOOL.onderwerp), None, replace(SCHOOL, version=1))
    return stores


def test_a_message_in_a_queue_holds_kind_school_and_id_and_nothing_else(aws: Provisioned) -> None:
    stores = settled(aws)
    vraag_op(work(stores), Verzoek(Vestiging("99EF00").brin, PGN), "sleutel", "id-1")
    url = aws.names["OSO_QUEUE_AANVRAGEN"]
    (message,) = aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"]) == {"soort": "AANVRAAG", "school": "14SS00", "id": "id-1"}
    assert not message.get("MessageAttributes")
    assert Nudge.parse(message["Body"]) == Nudge("AANVRAAG", "14SS00", "id-1")


@pytest.mark.parametrize("body", ["", "x", "[]", "null", '"x"', "{}", '{"soort": "AANVRAAG"}', "1"])
def test_a_message_that_is_no_nudge_is_refused(body: str) -> None:
    with pytest.raises(Invalid, match="NUDGE_ONLEESBAAR"):
        Nudge.parse(body)


def test_more_than_ten_nudges_all_arrive(aws: Provisioned) -> None:
    sent = {f"id-{number}" for number in range(23)}
    stores_of(aws).nudges.send_batch(Nudge("AANVRAAG", "14SS00", one) for one in sorted(sent))
    got: set[str] = set()
    sqs, url = aws.client("sqs"), aws.names["OSO_QUEUE_AANVRAGEN"]
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0}
    while messages := sqs.receive_message(**asked).get("Messages", []):
        got |= {json.loads(message["Body"])["id"] for message in messages}
    assert got == sent


def test_the_clock_nudges_what_waits_too_long_and_nothing_else(aws: Provisioned) -> None:
    stores = settled(aws)
    vraag_op(work(stores), Verzoek(Vestiging("99EF00").brin, PGN), "sleutel", "id-1")
    assert nudge_open(stores, NOW + timedelta(minutes=14)) == 0
    assert nudge_open(stores, NOW + timedelta(minutes=16)) == 1


# --- cursors ----------------------------------------------------------------------------------------------------------

KEY = b"k" * 32
PLACE = {"pk": "SCHOOL#14SS00", "sk": "DOSSIER#l-1"}


def test_a_cursor_gives_its_place_back_to_the_school_and_list_that_it_is_for() -> None:
    cursor = verzegel(KEY, "14SS00#leerlingen", PLACE)
    assert ontzegel((KEY,), "14SS00#leerlingen", cursor) == PLACE
    assert cursor is not None
    assert b"DOSSIER" not in base64.urlsafe_b64decode(cursor + "==")
    assert verzegel(KEY, "14SS00#leerlingen", None) is None
    assert ontzegel((KEY,), "14SS00#leerlingen", None) is None


@pytest.mark.parametrize("what", ["99EF00#leerlingen", "14SS00#dossieraanvragen", "14SS00#", "14SS00#leerlingen "])
def test_a_cursor_of_another_school_or_list_is_refused(what: str) -> None:
    cursor = verzegel(KEY, "14SS00#leerlingen", PLACE)
    with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
        ontzegel((KEY,), what, cursor)


def test_a_cursor_with_anything_changed_is_refused() -> None:
    cursor = verzegel(KEY, "14SS00#leerlingen", PLACE)
    assert cursor is not None
    for place in range(0, len(cursor), 3):
        other = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
            ontzegel((KEY,), "14SS00#leerlingen", other)
    for other in ("x", "é", "AAAA", cursor[:-4], cursor + "AAAA", "=" * 8):
        with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
            ontzegel((KEY,), "14SS00#leerlingen", other)
    with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
        ontzegel((b"x" * 32,), "14SS00#leerlingen", cursor)


def test_a_list_is_walked_page_by_page_without_a_hole(stores: Stores, here: Vestiging) -> None:
    for number in range(7):
        put(stores, here, f"l-{number}", None)
    seen, place = [], None
    while True:
        page = stores.dossiers(here, limiet=3, na=place)
        seen += [row["leerling_id"] for row in page.rijen]
        if not (place := page.volgende):
            break
    assert seen == [f"l-{number}" for number in range(7)]


def test_a_search_among_schools_is_walked_page_by_page_for_that_search_alone(aws: Provisioned) -> None:
    """By name; schools of one name stand by BRIN."""
    stores = settled(aws)
    names = [*(f"Basisschool {number:02}" for number in range(30)), "Basisschool 07", "Basisschool 07"]
    listed = [{"brin": f"{number:02}AA", "naam": name} for number, name in enumerate(names)]
    stores.inhoud.put(*SCHOLENLIJST, json.dumps(listed[::-1]).encode())

    def page(**query: str) -> dict[str, Any]:
        asker = Toegang(work(stores).door, SCHOOL.vestiging, frozenset())
        body: dict[str, Any] = zoek_scholen(Vraag(asker, work(stores), {}, query, {}, b"")).body
        return body

    seen, cursor = [], ""
    while cursor is not None:
        found = page(zoek="basis", limiet="4", **({"na": cursor} if cursor else {}))
        seen += [(one["naam"], one["brin"]) for one in found["items"]]
        assert found["totaal"] == len(listed)
        cursor = found["volgende"]
    assert seen == sorted((one["naam"], one["brin"]) for one in listed)
    first = page(zoek="basis")
    assert len(first["items"]) == 25
    with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
        page(zoek="school", na=first["volgende"])
