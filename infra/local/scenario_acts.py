"""More acts of the run that `infra.local.scenario` makes: in bulk, a zorgvraag, a notificatie, an import.

Each leaves messages, rows, objects and lines of its own kind. Names stand where a person may write them, and must stay
there.
"""

import json
import time
from collections.abc import Iterable, Sequence
from uuid import uuid4

import urllib3

from infra.local.portal_client import Portal, card_path
from infra.local.scholen import SWV

_SECONDS = 30


def _key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def in_bulk(bron: Portal, leerling_ids: list[str], numbers: Iterable[tuple[str, str]]) -> None:
    """Orders about many pupils, one of them unknown; and a list of numbers that another school asks for."""
    everybody = {"leerlingIds": [*leerling_ids, "lek-niemand"]}
    bron.ask("POST", "/overstapdossiers/klaarzetten", everybody, _key())
    bron.ask("POST", "/overstapdossiers/inzagepakket", everybody, _key())
    asked = [{"brin": "14SS", "pgnType": soort, "pgn": digits} for soort, digits in numbers]
    bron.to("16VO00").ask("POST", "/dossieraanvragen/bulk", {"aanvragen": asked}, _key())


def ask_for_support(bron: Portal, leerling_id: str, naam: str) -> str:
    """Send a zorgvraag that names the pupil; its path, or "" where it was refused."""
    body = {"omschrijving": f"Hulp voor {naam}", "aanleverpunt": SWV.aanleverpunten[0], "aandachtspunten": naam}
    path = f"/leerlingen/{leerling_id}/zorgvragen"
    sent = bron.to("14SS00", "intern_begeleider").ask("POST", path, body, _key())
    return f"{path}/{sent.json['id']}" if sent.status == 202 else ""


def get_support(bron: Portal, leerling_id: str, naam: str, path: str) -> None:
    """The SWV fetches it by itself, and answers with the name in its text; the school reads it."""
    ib, stand = bron.to("14SS00", "intern_begeleider"), bron.stack.parties["swv"]
    end = time.monotonic() + _SECONDS
    while path and ib.ask("GET", path).json["status"] != "OPGEHAALD" and time.monotonic() < end:
        time.sleep(0.1)
    for one in urllib3.request("GET", f"{stand}/stand", retries=False).json()["zorgvragen"]:
        order = json.dumps({"nr": one["nr"], "tekst": f"Wij komen kijken bij {naam}."}).encode()
        urllib3.request("POST", f"{stand}/stand/terugkoppeling", body=order, retries=False)
    for read in (path, f"/leerlingen/{leerling_id}/zorgvragen", f"{path}/xml", f"{path}/pdf"):
        ib.ask("GET", read)


def tell_and_import(bron: Portal, leerling_ids: Iterable[str], asked: Sequence[tuple[Portal, str]]) -> None:
    """Tell who asked that it is ready again; import what was received, undo it, and say that the pupil stays away."""
    for leerling_id in leerling_ids:
        ready = bron.ask("POST", f"{card_path(leerling_id)}/klaarzetten", {}).json
        ids = [one["aanvraagId"] for one in ready.get("notificatieMogelijk", ())]
        bron.ask("POST", f"{card_path(leerling_id)}/notificaties", {"aanvraagIds": ids}, _key())
    for doel, id_ in asked:
        path = f"/dossieraanvragen/{id_}"
        if doel.ask("GET", path).json["status"] != "ONTVANGEN":
            continue
        doel.ask("GET", f"{path}/importplan")
        doel.ask("POST", f"{path}/importeren", {"leerlingId": f"import-{id_[:8]}"})
        doel.ask("POST", f"{path}/ongedaan-maken", {})
        doel.ask("POST", f"{path}/niet-geplaatst", {})
        doel.ask("GET", "/notificaties")
