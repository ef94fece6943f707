"""The steps of the demo's story: each is an act through the API, printed as it happens, with what came of it."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.portal_client import (
    Answer,
    Portal,
    card_path,
    download,
    fill_card,
    number_of,
    outcome,
    request_dossier,
)
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack

NAMEN = {school.vestiging: school.gegevens["naam"] for school in SCHOLEN}
_INZAGE = "Geef (opnieuw) aan of de verzorgers inzage hebben gehad in het dossier om het Klaar te zetten."


class ExpectationError(RuntimeError):
    """A step gave something else than was promised."""


@dataclass
class Story:
    """Where we are: the schools, the pupils by profile (`POPO`), where files go, and the step that is being done."""

    stack: Stack
    bron: Portal
    pupils: Mapping[str, bytes] = field(repr=False)
    uit: Path
    step: str = ""
    since: float = field(default_factory=time.monotonic)

    def begin(self, step: str) -> None:
        """Say what is tried, so that a failure can name it."""
        self.step = step
        self.since = time.monotonic()

    def done(self, text: str) -> None:
        """Print the step with how long it took and what came of it."""
        print(f"  {time.monotonic() - self.since:5.2f} s  {self.step}: {text}", flush=True)

    def check(self, holds: bool, text: str) -> None:
        """Print the step, or end the story where it is not as promised."""
        if not holds:
            raise ExpectationError(text)
        self.done(text)

    def keep(self, name: str, data: bytes) -> None:
        """Write one of the files that the demo leaves."""
        (self.uit / name).write_bytes(data)


def put(story: Story, leerling_id: str, profiel: str) -> str:
    """Put the example pupil of a profile; gives the name as the texts of the manual show it."""
    story.begin(f"Leerling aanleveren ({profiel})")
    data = story.pupils[profiel]
    answer = story.bron.ask("PUT", f"/leerlingen/{leerling_id}", data, expect=201).json
    story.done(f"{answer['naam']}, {len(data)} bytes XML, standaardversie {answer['standaardversie']}")
    return str(answer["naam"])


def fill_in(story: Story, leerling_id: str, brin: str) -> None:
    """Save the two things on the card that an overstap needs (R38)."""
    story.begin("Uitschrijving en vervolgschool op de kaart")
    school = {"brin": brin, "naam": NAMEN[f"{brin}00"]}
    body = {"uitschrijving": {"datum": story.stack.today().isoformat(), "vervolgschool": school}}
    story.done(fill_card(story.bron, leerling_id, body).json["tekst"])


def collect(story: Story, leerling_id: str, profiel: str, naam: str) -> Any:
    """Collect, with the exact text of R48; gives what was left out."""
    story.begin(f"Verzamelen ({profiel})")
    body = story.bron.ask("POST", f"{card_path(leerling_id)}/verzamelen", {"overdracht": profiel}, expect=200).json
    promised = f"Het dossier van {naam} is verzameld voor een {profiel.removeprefix('BB-')}-overdracht."
    binnen_brin = profiel.startswith("BB-")
    story.check(body["tekst"] == (promised if binnen_brin else f"{promised} {_INZAGE}"), body["tekst"])
    for one in body["weggelaten"]:
        print(f"           weggelaten: {one['pad']} ({one['reden']})")
    return body["weggelaten"]


def record_inzage(story: Story, leerling_id: str) -> None:
    """The verzorgers saw it and agree (R53)."""
    story.begin("Inzage vastleggen")
    card = fill_card(story.bron, leerling_id, {"inzage": {"waarde": "JA"}}).json
    story.check(card["inzageTekst"] == "Ja, inzage geweest", f"{card['inzageTekst']}, {card['datumInzageTekst']}")


def set_ready(story: Story, leerling_id: str, promised: str) -> None:
    """Klaarzetten, with the text of R67."""
    story.begin("Klaarzetten")
    tekst = story.bron.ask("POST", f"{card_path(leerling_id)}/klaarzetten", {}, expect=200).json["tekst"]
    story.check(tekst.endswith(promised), tekst)


def number(story: Story, profiel: str) -> tuple[str, str]:
    """Kind and digits of the number of the pupil of a profile."""
    number = number_of(story.pupils[profiel])
    assert number is not None
    return number


def receive(story: Story, doel: Portal, profiel: str) -> Any:
    """Ask for the pupil of a profile at 14SS and wait for it."""
    story.begin(f"{doel.school} vraagt op ({profiel})")
    card = outcome(doel, request_dossier(doel, "14SS", number(story, profiel)).json["id"])
    received = card["status"] == "ONTVANGEN" and card["profiel"] == profiel
    story.check(received, f"{(card['resultaat'] or {}).get('tekst')}, nummer getoond als {card['nummer']}")
    return card


def refuse(story: Story, step: str, doel: Portal, number: tuple[str, str], code: str) -> None:
    """Let another school ask in vain: the result must be `code` (15.6)."""
    story.begin(f"{step}, {doel.school} vraagt op")
    card = outcome(doel, request_dossier(doel, "14SS", number).json["id"])
    result = card["resultaat"] or {"code": card["status"], "tekst": "", "watNu": ""}
    story.check(result["code"] == code, f"{result['code']}. {result['tekst']} {result['watNu']}")


def same_bytes(story: Story, leerling_id: str, doel: Portal, received: Any) -> None:
    """What the source serves is what the other school got."""
    story.begin("Vertrokken en aangekomen")
    left = download(story.bron, f"{card_path(leerling_id)}/xml")
    arrived = download(doel, f"/dossieraanvragen/{received['id']}/xml")
    story.check(left == arrived, f"gelijk, {len(left)} bytes, sha256 {hashlib.sha256(left).hexdigest()}")


def mutatielogs(story: Story, doel: Portal, request_id: str) -> None:
    """Both schools' logs of the same exchange as CSV, and the check of the source's chain (R87, 15.17)."""
    csv = {"Accept": "text/csv"}
    for name, portal, path in (
        ("mutatielog-bron.csv", story.bron, f"{card_path('popo')}/mutatielogs"),
        ("mutatielog-doel.csv", doel, f"/dossieraanvragen/{request_id}/mutatielogs"),
    ):
        story.begin(f"Mutatielog van {portal.school}")
        log = portal.ask("GET", path, headers=csv, expect=200)
        story.keep(name, log.data)
        lines = len(log.data.splitlines()) - 1
        story.check(lines >= 2, f"{lines} regels in {name}")
    story.begin("Keten van het mutatielog")
    chain = story.bron.ask("GET", f"{card_path('popo')}/mutatielogs/controle", expect=200).json
    story.check(chain["geldig"], f"heel, {chain['aantal']} regels")


def refusal(answer: Answer) -> str:
    """A refusal as people read it."""
    return f"{answer.status} {answer.code}. {answer.json['detail']}"
