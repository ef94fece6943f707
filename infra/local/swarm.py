"""`python -m infra.local.swarm`, `make swarm`: many schools ask for few dossiers, all at the same time.

The schools are real certificates at the real wire door. Every answer must be the right one, each delivery must stand
in the mutatielog of its pupil once, every chain must be whole, and nobody may get a technical fault.
"""

import base64
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import urllib3

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import OsoError, Unavailable
from chalicelib.gegevensset.codec import decode
from chalicelib.messages import protocolprofiel
from chalicelib.messages.berichten import Adressen, DocumentRequest
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.traffic_center import TrafficCenter
from infra.arguments import assignments
from infra.local.enrol import enrol
from infra.local.nummers import NUMMERS
from infra.local.pki import OIN
from infra.local.portal_client import Portal, card_path, fill_card
from infra.local.processes import ROOT
from infra.local.scholen import SCHOLEN
from infra.local.stack import Stack, stack
from infra.local.world import Options

_BRONNEN = (("14SS00", "0"), ("14SS01", "2"), ("99EF00", "0"), ("16VO00", "0"))
_VOORBEELD = ROOT / "tests" / "dossiers" / "2019.1_POPO_minimaal.xml"
_MAKERS = 4
_GEDULD = 120.0
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Plan:
    """How many requests for how many dossiers by how many schools, and how many at the same time."""

    vragen: int = 1000
    dossiers: int = 50
    scholen: int = 10
    tegelijk: int = 128


@dataclass(frozen=True)
class Dossier:
    """One dossier that is ready, for one of the asking schools alone."""

    portal: Portal
    punt: str
    leerling_id: str
    nummer: str
    voor: str
    hash: str = ""


@dataclass
class Vraag:
    """One request and what came of it: the sha256 of the dossier, the code of a refusal, or a fault."""

    dossier: Dossier
    door: str
    bericht: DocumentRequest
    antwoord: str = ""

    @property
    def verwacht(self) -> str:
        """What must come of it (15.6, 15.35)."""
        return self.dossier.hash if self.door == self.dossier.voor else "LEERLINGINFO_NIET_OPVRAAGBAAR"


@dataclass
class Uitslag:
    """What a swarm did, and everything that was not as promised."""

    seconden: float
    antwoorden: Counter[str]
    fouten: list[str] = field(default_factory=list)


def zwerm(up: Stack, plan: Plan) -> Uitslag:
    """Let the schools ask, all at once, in a sandbox whose schools are enrolled; the pupils are taken away again."""
    scholen = [f"{30 + nummer}ZW" for nummer in range(plan.scholen)]
    for brin in scholen:
        maak_bekend(up, brin)
    dossiers = list(_tegelijk(_MAKERS, publiceer, _dossiers(up, plan, scholen)))
    try:
        return _vraag_alles(up, plan, dossiers, scholen)
    finally:
        for een in dossiers:
            een.portal.ask("DELETE", f"/leerlingen/{een.leerling_id}", headers={"If-Match": "*"})


def _vraag_alles(up: Stack, plan: Plan, dossiers: Sequence[Dossier], scholen: Sequence[str]) -> Uitslag:
    tc = vrager(up, plan.tegelijk)
    paren = [(dossiers[n % plan.dossiers], scholen[n // plan.dossiers % plan.scholen]) for n in range(plan.vragen)]
    vragen = list(_tegelijk(_MAKERS, lambda paar: open_vraag(tc, *paar), paren))
    began = time.monotonic()
    list(_tegelijk(plan.tegelijk, lambda vraag: stel(tc, up.wire, vraag), vragen))
    uitslag = Uitslag(time.monotonic() - began, Counter(map(_soort, vragen)))
    uitslag.fouten += [f"{v.antwoord}, not {v.verwacht}" for v in vragen if v.antwoord != v.verwacht]
    for een in dossiers:
        uitslag.fouten += _logfouten(een, [vraag for vraag in vragen if vraag.dossier is een])
    return uitslag


def letters(aantal: int) -> str:
    """So many random letters for a key of our own: digits among them could look like somebody's number."""
    return uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:aantal]


def maak_bekend(up: Stack, brin: str) -> None:
    """A school at the Traffic Center that asks only: nothing listens at its address."""
    punt = {"brin": brin, "nummer": "0", "naam": f"Zwermschool {brin}", "doel": "OV", "url": "https://zwerm.invalid/"}
    urllib3.request("POST", f"{up.center.stand}/stand/aanleverpunt", json={**punt, "leverancier": OIN["leverancier-a"]})


def _dossiers(up: Stack, plan: Plan, scholen: Sequence[str]) -> Iterator[Dossier]:
    reeks, portals = letters(8), {vestiging: Portal(up, vestiging) for vestiging, _ in _BRONNEN}
    for n in range(plan.dossiers):
        vestiging, punt = _BRONNEN[n // len(NUMMERS)]
        yield Dossier(
            portals[vestiging], punt, f"zwerm-{reeks}-{n}", NUMMERS[n % len(NUMMERS)], scholen[n % len(scholen)]
        )


def publiceer(een: Dossier) -> Dossier:
    """From record to klaar, for the school that may have it."""
    portal, data = een.portal, _voorbeeld(een.nummer)
    portal.ask("PUT", f"/leerlingen/{een.leerling_id}", data, expect=201)
    vandaag = portal.stack.today().isoformat()
    fill_card(portal, een.leerling_id, {"uitschrijving": {"datum": vandaag, "vervolgschool": {"brin": een.voor}}})
    portal.ask("POST", f"{card_path(een.leerling_id)}/verzamelen", {"overdracht": "POPO"}, expect=200)
    fill_card(portal, een.leerling_id, {"inzage": {"waarde": "JA"}})
    portal.ask("POST", f"{card_path(een.leerling_id)}/klaarzetten", {}, expect=200)
    card = portal.ask("GET", card_path(een.leerling_id), expect=200).json
    return Dossier(portal, een.punt, een.leerling_id, een.nummer, een.voor, card["verzendHash"])


def _voorbeeld(nummer: str) -> bytes:
    """The smallest example dossier, under this number."""
    data = _VOORBEELD.read_bytes()
    bsn = decode(data).dossier["huidigeschool"]["leerling"]["bsn"]
    return data.replace(bsn.encode(), nummer.encode())


def vrager(up: Stack, tegelijk: int) -> TrafficCenter:
    """The line of the askers. More patient than the product's own: they share one small machine with the door."""
    pki, center = up.pki, up.center
    cert, key = pki.cert("leverancier-a"), pki.key("leverancier-a")
    http = urllib3.PoolManager(
        ca_certs=pki.ca, cert_file=cert, key_file=key, maxsize=tegelijk, retries=False, timeout=_GEDULD
    )

    def send(url: str, data: bytes) -> tuple[int, bytes]:
        try:
            antwoord = http.request("POST", url, body=data, headers={"Content-Type": "text/xml"})
        except urllib3.exceptions.HTTPError as fout:
            raise Unavailable(type(fout).__name__) from None
        return antwoord.status, antwoord.data

    sleutel = zoeksleutel_provider(base64.b64decode(center.zoeksleutel))
    return TrafficCenter(send, protocolprofiel("18"), sleutel, f"{center.adres}/tc/18")


def open_vraag(tc: TrafficCenter, dossier: Dossier, door: str) -> Vraag:
    """A session for this request."""
    bron, pgn = Brin(dossier.portal.school[:4]), Pgn(PgnType.BSN, dossier.nummer)
    adressen = Adressen(bron, Aanleverpunt(dossier.punt), Brin(door), Aanleverpunt("0"))
    sessie = tc.open_sessie(adressen, pgn, Overdrachtsoort.OVERSTAPDOSSIER)
    if isinstance(sessie, Resultaat):
        raise RuntimeError(f"no session: {sessie.code}")  # noqa: TRY004  a refusal, not a wrong type
    return Vraag(dossier, door, DocumentRequest(adressen, pgn, None, Overdrachtsoort.OVERSTAPDOSSIER, sessie.sessie_id))


def stel(tc: TrafficCenter, wire: str, vraag: Vraag) -> None:
    """Ask, once: what a school would try again is a fault here."""
    try:
        antwoord = tc.vraag_dossier(wire, vraag.bericht)
    except OsoError as fout:
        vraag.antwoord = f"fault {fout.code}"
        return
    vraag.antwoord = antwoord.code if isinstance(antwoord, Resultaat) else hashlib.sha256(antwoord).hexdigest()


def _soort(vraag: Vraag) -> str:
    return "delivered" if vraag.antwoord == vraag.dossier.hash else vraag.antwoord


def _logfouten(dossier: Dossier, vragen: Sequence[Vraag]) -> Iterator[str]:
    """Whether the log of this pupil tells of each request once, with its outcome."""
    pad = f"{card_path(dossier.leerling_id)}/mutatielogs"
    regels = dossier.portal.ask("GET", pad, expect=200).json["items"]
    for actie, geleverd in (("VERZONDEN", True), ("AANVRAAG_GEWEIGERD", False)):
        gelogd = Counter(regel["details"]["verzoek"] for regel in regels if regel["code"] == actie)
        gedaan = Counter(
            f"{vraag.bericht.sessie_id}.{dossier.punt}"
            for vraag in vragen
            if (vraag.antwoord == dossier.hash) is geleverd and not vraag.antwoord.startswith("fault")
        )
        if gelogd != gedaan:
            yield f"{dossier.leerling_id}: {gelogd.total()} times {actie} in the log, {gedaan.total()} times done"
    if not dossier.portal.ask("GET", f"{pad}/controle", expect=200).json["geldig"]:
        yield f"{dossier.leerling_id}: the chain is broken"


def _tegelijk(aantal: int, doe: Callable[[T], U], alle: Iterable[T]) -> Iterator[U]:
    with ThreadPoolExecutor(aantal) as pool:
        yield from pool.map(doe, alle)


def main(argumenten: Sequence[str]) -> int:
    """`VRAGEN=1000 DOSSIERS=50 SCHOLEN=10 TEGELIJK=128`; exit 1 when something was not as promised."""
    gevraagd: dict[str, Any] = {naam.lower(): int(w) for naam, _, w in (een.partition("=") for een in argumenten)}
    plan, began = Plan(**gevraagd), time.monotonic()
    with stack(None, Options(pollers=False)) as up:
        enrol(up, SCHOLEN)
        Portal(up, "16VO00", "beheerder").ask("PATCH", "/school", {"soort": "BO"}, {"If-Match": "*"}, expect=200)
        print(f"De sandbox draait na {time.monotonic() - began:.1f} s; {plan.dossiers} dossiers worden klaargezet.")
        uitslag = zwerm(up, plan)
    per_seconde = plan.vragen / uitslag.seconden
    print(
        f"{plan.vragen} vragen van {plan.scholen} scholen in {uitslag.seconden:.1f} s ({per_seconde:.0f} per seconde):"
    )
    for soort, aantal in sorted(uitslag.antwoorden.items()):
        print(f"  {aantal:5d}  {soort}")
    for fout, aantal in Counter(uitslag.fouten).most_common(20):
        print(f"NOT AS PROMISED {aantal}x {fout}")
    print(
        "Elk antwoord was het juiste en elke levering staat eenmaal in het log." if not uitslag.fouten else "Mislukt."
    )
    return 1 if uitslag.fouten else 0


if __name__ == "__main__":
    sys.exit(main(assignments("infra.local.swarm", main.__doc__)))
