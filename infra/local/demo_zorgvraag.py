"""A chapter of the demo: a school asks its samenwerkingsverband for support, in '18 and again in '22 (ch. 9).

The SWV's system is a process of its own with its own certificate and door; it fetches what it is told of by itself.
Its answer is written by somebody there, which the demo does at its control page.
"""

import json
import time
from typing import Any

import urllib3

from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from infra.local.portal_client import Portal, download
from infra.local.scholen import SWV
from infra.local.story import Story, number, refusal

_ANTWOORD = "Wij komen in week 6 kijken en denken mee over rekenen."
_SECONDS = 30
_HTTP = urllib3.PoolManager(retries=False, timeout=30)


def zorgvraag(story: Story, leerling_id: str = "popo") -> None:
    """From the picker to the answer, for a pupil of 14SS00 who is there; what is sent cannot be changed (R106-R116)."""
    ib = story.bron.to("14SS00", "intern_begeleider")
    path = f"/leerlingen/{leerling_id}/zorgvragen"
    story.begin("Samenwerkingsverbanden van de school")
    (swv,) = ib.ask("GET", "/aanleverpunten?doel=SWV", expect=200).json["items"]
    story.check(swv["nummer"] == SWV.aanleverpunten[0], f"{swv['nummer']}: {swv['naam']}")
    story.begin("Administratie wil een zorgvraag versturen")
    body = {"omschrijving": "Hulp bij rekenen", "aandachtspunten": "Graag snel.", "aanleverpunt": swv["nummer"]}
    key = {"Idempotency-Key": f"demo-{leerling_id}"}
    story.check((answer := story.bron.ask("POST", path, body, key)).status == 403, refusal(answer))
    story.begin("Zorgvraag opslaan en verzenden")
    sent = ib.ask("POST", path, body, key, expect=202).json
    story.done(f"{sent['status']}, wacht op {sent['wachtOp']}")
    story.begin("Het SWV haalt zelf op")
    card = _wait(ib, f"{path}/{sent['id']}", "OPGEHAALD")
    received = _swv(story, "GET", "")["zorgvragen"][-1]
    same = received["sha256"] == card["verzendHash"]
    story.check(same, f"{received['octetten']} bytes, generatie {received['generatie']}, gelijk aan wat is verzonden")
    _judge(story, ib, f"{path}/{sent['id']}")
    story.begin("Wijzigen na verzenden")
    story.check(
        (answer := ib.ask("PATCH", f"{path}/{sent['id']}", body)).code == "ZORGVRAAG_VERZONDEN", refusal(answer)
    )
    story.begin("Het SWV koppelt terug")
    told = _swv(story, "POST", "/terugkoppeling", {"nr": received["nr"], "tekst": _ANTWOORD})["resultaat"]
    card = ib.ask("GET", f"{path}/{sent['id']}", expect=200).json
    read = [one["tekst"] for one in card["terugkoppeling"]]
    story.check(read == [_ANTWOORD] and card["status"] == "TERUGGEKOPPELD", f"{told}: {' '.join(read)}")
    story.begin("Overzicht bij de leerling")
    (row,) = ib.ask("GET", path, expect=200).json["items"]
    columns = ("omschrijving", "gebruiktAanleverpunt", "notificatieVerstuurd", "terugkoppelingOntvangen")
    story.check([row[name] for name in columns[2:]] == ["Ja", "Ja"], " | ".join(str(row[name]) for name in columns))


def _judge(story: Story, ib: Portal, path: str) -> None:
    """What left obeys every rule and holds no number of the pupil (PaO.LL12, 15.34); both files are kept."""
    story.begin("Inhoud van de zorgvraag")
    data = download(ib, f"{path}/xml")
    pupil = decode(data).dossier["huidigeschool"]["leerling"]
    _, digits = number(story, "POPO")
    none = not {"bsn", "onderwijsnummer"} & set(pupil) and digits.encode() not in data
    valid = controleer(data, "intended").geldig
    story.keep("zorgvraag.xml", data)
    story.keep("zorgvraag.pdf", download(ib, f"{path}/pdf"))
    story.check(none and valid, "geldig volgens de regels, zonder nummer van de leerling")


def _wait(portal: Portal, path: str, status: str) -> Any:
    """The card once it has this status, or as it is when that takes too long."""
    end = time.monotonic() + _SECONDS
    while (card := portal.ask("GET", path, expect=200).json)["status"] != status and time.monotonic() < end:
        time.sleep(0.1)
    return card


def _swv(story: Story, verb: str, act: str, order: Any = None) -> Any:
    """The control page of the SWV's system."""
    body = None if order is None else json.dumps(order).encode()
    return _HTTP.request(verb, f"{story.stack.parties['swv']}/stand{act}", body=body).json()
