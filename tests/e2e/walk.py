"""What the tests of chapter 3 share: exact texts, what a card allows, what lies behind a link."""

import io
import re
from typing import Any

from pypdf import PdfReader

from tests.e2e.client import HTTP, Client

MOMENT = re.compile(r"\d\d-\d\d-\d{4} \d\d:\d\d")
SAVED = "Wijzigingen zijn opgeslagen en gewijzigde contact- en inzage-instellingen zijn verwerkt in de dossierinhoud."
NAME = "Fictief Proefleerling"
TO_PO = {"brin": "99EF", "naam": "Basisschool Het Schijnpad"}
TO_VO = {"brin": "16VO", "naam": "Voorbeeld College"}


def collected(profile: str) -> str:
    """R48."""
    return (
        f"Het dossier van {NAME} is verzameld voor een {profile}-overdracht. Geef (opnieuw) aan of de verzorgers "
        "inzage hebben gehad in het dossier om het Klaar te zetten."
    )


def content(client: Client, pupil: str, kind: str) -> bytes:
    """The bytes behind the link to the current version."""
    link = client.get(f"/leerlingen/{pupil}/overstapdossier/{kind}")
    answer = HTTP.request("GET", link["url"])
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{link["bestandsnaam"]}"'
    return answer.data


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def may(card: Any, act: str) -> str | None:
    """Why an act cannot be done now, or None when it can."""
    (one,) = [one for one in card["acties"] if one["naam"] == act]
    assert one["kan"] is (one["waaromNiet"] is None)
    if one["waaromNiet"] is None:
        return None
    assert one["waaromNiet"]["tekst"].endswith(".")
    assert one["waaromNiet"]["watNu"].endswith(".")
    return str(one["waaromNiet"]["code"])


def settings(client: Client, **fields: Any) -> None:
    """What the beheerder sets for the school."""
    answer = client.as_("beheerder").ask("PATCH", "/school", fields, if_match="*")
    assert answer.status == 200, answer.data
