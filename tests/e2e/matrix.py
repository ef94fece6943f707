"""A request to any route of the register that has nothing wrong but, perhaps, who sends it and what it is about."""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from urllib3.response import BaseHTTPResponse

from chalicelib.web import portal
from chalicelib.web.deur import ROUTES, Route
from chalicelib.web.voorbeelden import VOORBEELDEN
from infra.local.issuer import MEDEWERKER
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client
from tests.e2e.roles import PORTAL
from tests.e2e.tokens import signed
from tests.e2e.wire import Wire
from tests.pupil import NUMBERS, record

assert portal.__all__  # importing it filled the register
OPEN = [route for route in ROUTES if route.recht is None]
CLOSED = [route for route in ROUTES if route.recht is not None]
Things = Mapping[str, str]

_KEYS = itertools.count(1)
_PUPIL = "gezag-bulk"
_BODIES: dict[str, Any] = {  # where the example of the API names what is not there
    "RecordVorm": {"dossier": record()},
    "BinnengekomenZoekVorm": {},
    "ZoekVorm": {},
    "MapVorm": {"soort": "NOTITIE", "tekst": "Een verzonnen notitie."},
    "BulkBinnenBrinVorm": {"leerlingIds": [_PUPIL]},
    "BulkVerzamelVorm": {"leerlingIds": [_PUPIL], "overdracht": "POPO"},
    "BulkInzageVorm": {"inzagen": [{"leerlingId": _PUPIL, "waarde": "JA"}]},
    "BulkVorm": {"leerlingIds": [_PUPIL]},
    "PakketVorm": {"leerlingIds": [_PUPIL]},
    "HerkomstVorm": {},
    "SelectieVorm": {},
    "VernietigVorm": {"grond": "Proef"},
    "NotificatieVorm": {"aanvraagIds": ["onbekend"]},
    "BewarenVorm": {"reden": "Proef"},
    "ImportVorm": {"leerlingId": _PUPIL},
    "OpvraagVorm": {},
    "VragenlijstVorm": {"aanvragen": [{"brin": "16VO", "pgnType": "BSN", "pgn": NUMBERS[1]}]},
    "ZorgvraagVorm": {"omschrijving": "Proef", "aanleverpunt": "10"},
}
# The parameter `id` means something else under each of these.
_IDS = (
    ("/inzagepakket", "inzagepakket"),
    ("/opdrachten/", "opdracht"),
    ("/binnengekomen/", "verzoek"),
    ("/dossieraanvragen/", "aanvraag"),
    ("/notificaties/", "notificatie"),
    ("/zorgvragen/", "zorgvraag"),
)


def name(route: Route) -> str:
    return f"{route.verb} {route.pad}"


def make_things(sandbox: Stack, school: str) -> Things:
    """What the parameters of a path can name at a school; a pupil and document that nobody else uses."""
    client = Client(sandbox, school)
    return {
        **make_pupil(client),
        "aanvraag": client.request(NUMBERS[-1], brin="00YY").json()["id"],
        "opdracht": client.ask(
            "POST", "/overstapdossiers/klaarzetten", {"leerlingIds": [_PUPIL]}, idempotency_key=f"gezag-{school}"
        ).json()["id"],
        "verzoek": _received(sandbox, client),
        "nummer": "77",
        **dict.fromkeys("abn", "1"),
    }


def make_pupil(client: Client) -> Things:
    """A pupil with one document in the map."""
    leerling_id = f"gezag-{next(_KEYS)}"
    client.put_pupil(leerling_id)
    note = client.ask("POST", f"/leerlingen/{leerling_id}/map", _BODIES["MapVorm"])
    return {"leerlingId": leerling_id, "documentId": note.json()["documentId"]}


def _received(sandbox: Stack, client: Client) -> str:
    """A request by another school, for a number that this one does not know."""
    punt = next(one.aanleverpunten[0] for one in SCHOLEN if one.vestiging == client.school)
    wire = Wire(sandbox, doel_brin="16VO")
    brin = client.school[:4]
    assert wire.ask(NUMBERS[-1], wire.session(NUMBERS[-1], brin=brin), brin=brin, punt=punt) == "LEERLING_NIET_BEKEND"
    newest: str = client.get("/dossieraanvragen/binnengekomen?limiet=1")["items"][0]["id"]
    return newest


def about_a_thing(route: Route) -> bool:
    """Whether the path names something that belongs to a school; PUT makes a pupil under a key of our own choice."""
    makes = route.verb == "PUT" and route.pad.endswith("/{leerlingId}")
    return not makes and bool({"leerlingId", "id", "documentId"} & set(re.findall(r"\{(\w+)\}", route.pad)))


def kept(route: Route, things: Things) -> bool:
    """Whether all that the path names is there: of some kinds there is none until somebody else makes one."""
    return {_named(route, one) for one in re.findall(r"\{(\w+)\}", route.pad)} <= things.keys()


def _named(route: Route, parameter: str) -> str:
    if parameter != "id":
        return parameter
    return next((kind for place, kind in _IDS if place in route.pad), parameter)


@dataclass(frozen=True)
class Ask:
    """One request, as it is sent over HTTP and given to the app."""

    verb: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


def send(sandbox: Stack, route: Route, token: str | None, things: Things, if_match: str = '"nope"') -> BaseHTTPResponse:
    """Send it, at the portal's door."""
    one = ask(route, token, things, if_match)
    return HTTP.request(one.verb, f"{sandbox.portal}{one.path}", body=one.body, headers=one.headers)


def ask(route: Route, token: str | None, things: Things, if_match: str = '"nope"') -> Ask:
    """The request."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    headers |= {"If-Match": if_match} if route.if_match else {}
    headers |= {"Idempotency-Key": f"{route.pad} {things['leerlingId']}"} if route.idempotent else {}
    shape = route.body or route.voorbeeld_body
    body = None
    if shape is not None:
        body = json.dumps((VOORBEELDEN | _BODIES).get(shape.__name__, {})).encode()
        headers["Content-Type"] = route.soorten[0]
    query = "&".join(f"{p.naam}={p.schema.get('enum', ['x'])[0]}" for p in route.query if p.verplicht)
    path = re.sub(r"\{(\w+)\}", lambda found: things.get(_named(route, found[1]), "onbekend"), route.pad)
    return Ask(route.verb, f"{path}{'?' if query else ''}{query}", headers, body)


def has_body(route: Route) -> bool:
    """Whether we know a good body for a route that wants one; without it a refusal says nothing about whose it is."""
    shape = route.body or route.voorbeeld_body
    return shape is None or shape.__name__ in _BODIES | VOORBEELDEN


def token_of(sandbox: Stack, role: str) -> str:
    """A token of 14SS00 for a role of `roles.ROLES`."""
    return signed(sandbox, **who(role))


def who(role: str) -> dict[str, Any]:
    """The claims of somebody with this role."""
    if role == PORTAL:
        return {"sub": None, "naam": None, "rollen": sorted(MEDEWERKER)}
    return {"sub": f"14ss00-{role}", "rollen": [role] if role else []}
