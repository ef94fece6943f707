"""The inzagepakket: one PDF for a group, with a form per verzorger (R52, issue of ch. 3; 15.9)."""

import io
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from tests.e2e.client import HTTP, Client
from tests.pupil import NUMBERS


@pytest.fixture
def school(bron: Client) -> Iterator[Client]:
    """14SS00; the pupils that a test put are taken away again."""
    yield bron
    bron.forget_pupils_made()


def _order(client: Client, leerling_ids: list[str]) -> Any:
    body = {"leerlingIds": leerling_ids}
    return client.ask("POST", "/overstapdossiers/inzagepakket", body, idempotency_key=uuid.uuid4().hex)


def _link(client: Client, id_: str) -> Any:
    """The answer to asking for the pakket, once the opdracht does not run any more."""
    end = time.monotonic() + 30
    while True:
        answer = client.ask("GET", f"/opdrachten/{id_}/inzagepakket")
        if answer.status == 200 or answer.json()["code"] != "OPDRACHT_LOOPT":
            return answer
        assert time.monotonic() < end, answer.data
        time.sleep(0.05)


def _pages(url: str) -> list[str]:
    """The text of each page of a PDF behind a link."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(HTTP.request("GET", url).data)).pages]


def test_a_pakket_holds_every_collected_dossier_and_its_forms(school: Client, pupil: str) -> None:
    one, two, bare = f"{pupil}-a", f"{pupil}-b", f"{pupil}-c"
    for leerling_id, number in ((one, NUMBERS[11]), (two, NUMBERS[12]), (bare, None)):
        school.put_pupil(leerling_id, number)
    hashes = []
    for leerling_id in (one, two):
        path = f"/leerlingen/{leerling_id}/overstapdossier/verzamelen"
        answer = school.ask("POST", path, {"overdracht": "POPO"})
        assert answer.status == 200, answer.data
        hashes.append(answer.json()["inhoudHash"])
    own = _pages(school.get(f"/leerlingen/{one}/overstapdossier/pdf")["url"])
    unfit = f"{pupil}-d"
    school.put_pupil(unfit, NUMBERS[13])
    assert school.act(unfit, "verzamelen", overdracht="POPO").status == 200
    assert school.fill_in(unfit, uitschrijving={"adviesVo": "60"}).json()["status"] == "NIET_KLAAR"
    id_ = _order(school, [one, bare, two, unfit]).json()["id"]
    answer = _link(school, id_)
    assert answer.status == 200, answer.data
    papers = _pages(answer.json()["url"])
    assert papers[: len(own)] == own, "the paper of the version itself, nothing besides"
    text = "".join(papers)
    assert all(text.count(inhoud_hash) >= 2 for inhoud_hash in hashes), "on the dossier and on its form"
    assert "Handtekening" in text or "handtekening" in text
    rows = school.get(f"/opdrachten/{id_}/resultaten")["items"]
    results = {row["leerlingId"]: (row["resultaat"], [melding["code"] for melding in row["meldingen"]]) for row in rows}
    assert results == {
        one: ("GELUKT", []),
        two: ("GELUKT", []),
        bare: ("MISLUKT", ["NIET_VERZAMELD"]),
        unfit: ("MISLUKT", ["VERZAMEL_OPNIEUW"]),
    }, "nobody signs for a version that no longer counts"
    log = school.get(f"/leerlingen/{one}/overstapdossier/mutatielogs")["items"]
    assert "INZAGEPAKKET_GEMAAKT" in {line["code"] for line in log}


def test_a_pakket_without_any_dossier_says_so(school: Client, pupil: str) -> None:
    school.put_pupil(pupil)
    answer = _link(school, _order(school, [pupil]).json()["id"])
    assert (answer.status, answer.json()["code"]) == (409, "PAKKET_LEEG")


def test_a_pakket_is_for_a_group_not_for_a_whole_school(school: Client) -> None:
    answer = _order(school, [f"l-{n}" for n in range(101)])
    assert (answer.status, answer.json()["code"]) == (422, "AANTAL_LEERLINGEN")
    assert [one["toegestaan"] for one in answer.json()["meldingen"]] == ["1 tot en met 100 leerlingen"]
    assert "1000" not in answer.json()["detail"]
