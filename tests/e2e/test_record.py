"""Putting a pupil's record: what a portal may leave out, and what it gets back (api.md, leerlingen)."""

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
