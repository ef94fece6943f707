"""Putting a pupil's record: what a portal may leave out, and what it gets back (api.md, leerlingen)."""

import pytest

from chalicelib.gegevensset.codec import decode
from tests.e2e.client import Client
from tests.pupil import record


def _pupil_alone(number: str) -> dict[str, object]:
    """A record without anything that the service writes itself."""
    return {"huidigeschool": {"leerling": record(number)["huidigeschool"]["leerling"]}}


def test_a_portal_may_leave_out_what_the_service_writes_itself(bron: Client, pupil: str, number: str) -> None:
    dossier = _pupil_alone(number)
    assert bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": dossier}).status == 201
    assert bron.get(f"/leerlingen/{pupil}")["dossier"] == dossier, "what was put comes back as it was"
    collected = bron.ask("POST", f"/leerlingen/{pupil}/overstapdossier/verzamelen", {"overdracht": "POPO"})
    assert collected.status == 200, collected.data
    bron.ask("DELETE", f"/leerlingen/{pupil}", if_match="*")


def test_what_a_portal_does_put_of_it_is_judged(bron: Client, pupil: str, number: str) -> None:
    dossier = _pupil_alone(number) | {"metadata": {"deeldossier": "LAS", "datum": "gisteren"}}
    answer = bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": dossier})
    assert answer.status == 422
    assert "/dossier/metadata/datum" in {melding["pad"] for melding in answer.json()["meldingen"]}


def test_the_pupil_itself_cannot_be_left_out(bron: Client, pupil: str) -> None:
    answer = bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": {"huidigeschool": {}}})
    assert answer.status == 422
    assert bron.ask("GET", f"/leerlingen/{pupil}").status == 404, "nothing was stored"


XML, TEXT = "application/xml", "text/xml; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/xml", XML),
        ("text/xml", TEXT),
        ("application/json;q=0.1, application/xml", TEXT),
        ("application/json, application/xml;q=0.1", "application/json"),
        ("application/xml;q=0, application/json", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_a_record_comes_in_the_form_that_is_wanted_most(bron: Client, pupil: str, accept: str, kind: str) -> None:
    bron.put_pupil(pupil)
    answer = bron.ask("GET", f"/leerlingen/{pupil}", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind), answer.data
    assert answer.headers["Vary"] == "Accept"
    assert decode(answer.data).dossier == record() if "xml" in kind else answer.json()["dossier"] == record()


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/csv", "text/csv; charset=utf-8"), ("text/csv;q=0", "application/json")]
)
def test_a_log_comes_as_a_sheet_where_that_is_wanted(bron: Client, pupil: str, accept: str, kind: str) -> None:
    bron.put_pupil(pupil)
    answer = bron.ask("GET", f"/leerlingen/{pupil}/overstapdossier/mutatielogs", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"], answer.headers["Vary"]) == (200, kind, "Accept")
