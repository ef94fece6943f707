"""Two schools in one process: real flows and stores, the sandbox's own Traffic Center rules, and a record of all calls.

Every call that leaves a system, to AWS, to the Traffic Center or to the other school, is written down in order.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.config import Leverancier
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling, Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.domain.nummers import Aanleverpunt, Brin, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.school import School
from chalicelib.flows import Werk
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.flows.klaarzetten import zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.notificaties import ontvang
from chalicelib.flows.verzamelen import verzamel, vul_in
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.document import encode_document_response
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.store import Stores
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.nudges import Nudges
from chalicelib.store.tabel import Tabel
from chalicelib.traffic_center import TrafficCenter
from infra.local.register import Punt, Register
from infra.local.register_rules import behandel
from tests.conftest import Provisioned
from tests.pupil import NOW, SCHOOL, record

PROFIEL = PROFIELEN["18"]
TC_URL = "https://tc.invalid/18"
ISSUER = "CN=Verzonnen CA"
OIN = {"14SS": "1" * 20, "99EF": "2" * 20}
Reply = tuple[int, bytes]


@dataclass
class Call:
    """One call: to whom, which operation, with which parameters (of AWS) or message."""

    to: str
    what: str
    of: Any = field(repr=False)

    @property
    def about_a_pupil(self) -> bool:
        """Whether it reads or writes under a key of a pupil: pointer, card, content, or the number itself."""
        text = str(self.of)
        return self.to == "s3" or self.to == "kms" or "'PGN#" in text or "'DOSSIER#" in text


class Calls(list[Call]):
    """All calls of a world in order; `names` and `count` leave out the parameters."""

    def watch(self, client: Any) -> Any:
        """Write down what this AWS client does."""
        service = client.meta.service_model.service_name

        def note(params: Any, model: Any, **_: Any) -> None:
            self.append(Call(service, model.name, params))

        client.meta.events.register(f"before-parameter-build.{service}", note)
        return client

    def names(self) -> list[str]:
        return [f"{call.to} {call.what}" for call in self]

    def count(self, *_: Any) -> Counter[str]:  # type: ignore[override]  # counts by name, not one value
        return Counter(self.names())


def open_stores(aws: Provisioned, calls: Calls) -> Stores:
    """The stores of one system, watched."""
    names = aws.names
    dynamodb = calls.watch(aws.client("dynamodb"))
    queues = {"AANVRAAG": names["OSO_QUEUE_AANVRAGEN"], "NOTIFICATIE": names["OSO_QUEUE_AANVRAGEN"]}
    queues["PUBLICATIE"] = names["OSO_QUEUE_PUBLICATIES"]
    return Stores(
        Tabel(dynamodb, names["OSO_TABEL_STATE"]),
        Tabel(dynamodb, names["OSO_TABEL_MUTATIELOG"]),
        Inhoud(calls.watch(aws.client("s3")), names["OSO_BUCKET"]),
        Geheim(calls.watch(aws.client("kms")), names["OSO_KMS_SLEUTEL"], {"1": bytes(32)}),
        Nudges(calls.watch(aws.client("sqs")), queues),
    )


class World:
    """14SS00 and 99EF00 on one embedded AWS, each with a certificate of its own, and a Traffic Center."""

    def __init__(self, aws: Provisioned) -> None:
        self.calls = Calls()
        self.stores = open_stores(aws, self.calls)
        self.register = Register({})
        self.says: dict[str, Callable[[b.Bericht], Reply | None]] = {}
        """What somebody answers instead, by the element of the message; None: as always."""
        self.tc = {brin: TrafficCenter(self._sender(brin), PROFIEL, KEY, TC_URL) for brin in OIN}
        for brin, naam in (("14SS", "Basisschool De Proefballon"), ("99EF", "Basisschool Het Schijnpad")):
            self.point(brin, "0", naam)
            self.enrol(replace(SCHOOL, vestiging=Vestiging(f"{brin}00"), naam=naam, aanleverpunten=()), "0")

    def point(self, brin: str, nummer: str, naam: str = "Verzonnen", oin: str = "", url: str = "") -> None:
        """An active aanleverpunt at the Traffic Center."""
        sleutel = (Brin(brin), Aanleverpunt(nummer))
        where = url or f"https://{brin.lower()}.invalid/{nummer}"
        self.register.punten[sleutel] = Punt(*sleutel, naam, b.Doel.OV, oin or OIN[brin], where)

    def enrol(self, school: School, nummer: str) -> None:
        """A school of ours with its aanleverpunt."""
        claim = self.stores.claim_punt(school.vestiging.brin.code, nummer, school.vestiging)
        mutatie = Mutatie(Actie.SCHOOL_GEWIJZIGD, school.onderwerp, door(school.vestiging.code), NOW)
        self.stores.commit(mutatie, None, school.registreer(Aanleverpunt(nummer)), claim)

    def work(self, school: str) -> Werk:
        return Werk(self.stores, door(school), NOW)

    def publish(self, leerling_id: str, number: str, brin: str = "99EF") -> None:
        """Put a pupil of 14SS00 and set the dossier ready for `brin`."""
        werk = self.work("14SS00")
        zet_record(werk, leerling_id, Record("2019.1", record(number)), None)
        leaving = Uitschrijving(NOW.date(), vervolgschool=Vervolgschool(brin, "Het Schijnpad"))
        vul_in(werk, leerling_id, lambda oud: _met(oud, uitschrijving=leaving), "*")
        verzamel(werk, leerling_id, Profiel.POPO)
        vul_in(werk, leerling_id, lambda oud: _met(oud, inzage=Inzage(Inzagewaarde.JA)), "*")
        zet_klaar(werk, leerling_id)

    def desk(self, brin: str = "14SS") -> Balie:
        """What answering needs, with an overview that is remembered as in production."""
        suppliers = tuple(Leverancier(ISSUER, oin, None) for oin in OIN.values())
        return Balie(self.stores, self.tc[brin], suppliers, self.overview, NOW)

    def overview(self, brin: str) -> tuple[b.OverzichtAanleverpunt, ...]:
        return tuple(
            b.OverzichtAanleverpunt(p.brin, p.nummer, p.naam, p.doel, p.url, p.leverancier)
            for p in self.register.punten.values()
            if p.brin == Brin(brin)
        )

    def _sender(self, brin: str) -> Callable[[str, bytes], Reply]:
        def send(url: str, data: bytes) -> Reply:
            bericht = soap.decode(PROFIEL, data)
            naam = PROFIEL.vorm_voor(type(bericht)).element
            self.calls.append(Call("tc" if url == TC_URL else "peer", naam, bericht))
            says = self.says.get(naam)
            if says is not None and (instead := says(bericht)) is not None:
                return instead
            if url == TC_URL:
                return reply(behandel(self.register, bericht, OIN[brin]))
            return self._door(url, Beller(ISSUER, OIN[brin], f"certificaat {brin}"), bericht)

        return send

    def _door(self, url: str, beller: Beller, bericht: b.Bericht) -> Reply:
        """The SOAP door of whoever listens at this url."""
        desk = self.desk(url.partition("//")[2][:4].upper())
        if isinstance(bericht, b.DocumentRequest):
            return reply(beantwoord(desk, beller, bericht))
        assert isinstance(bericht, b.NotificatieRequest)
        return reply(ontvang(desk, beller, bericht))


KEY = zoeksleutel_provider(b"gedeelde sleutel van deze wereld")


def door(school: str) -> Door:
    return Door(school, f"m-{school}", "Voorbeeld Medewerker")


def reply(answer: b.Bericht | bytes | Resultaat) -> Reply:
    """An answer as it goes over the wire."""
    if isinstance(answer, Resultaat):
        return 500, soap.fault(PROFIEL, answer, "Client")
    if isinstance(answer, bytes):
        return 200, encode_document_response(PROFIEL, answer)
    return 200, soap.encode(PROFIEL, answer)


def _met(invulling: Invulling, **fields: Any) -> Invulling:
    return replace(invulling, **fields)
