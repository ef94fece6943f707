"""P5: deliver a dossier of 173 KB: from the documentRequest's bytes to the answer's, without a parse of the dossier.

Beside it a design that parses, checks and writes the dossier again on its way out. Both with real botocore clients
whose answers are canned just before they would leave, and a Traffic Center that is a function.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from boto3 import Session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from lxml import etree

from chalicelib.config import Leverancier
from chalicelib.domain.dossier import Dossier, Status, Versie
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.invulling import Uitschrijving, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.flows.balie import Balie, Beller
from chalicelib.flows.beantwoorden import beantwoord
from chalicelib.gegevensset import codec, controle
from chalicelib.messages import PROFIELEN, reader, soap
from chalicelib.messages import berichten as b
from chalicelib.messages.document import encode_document_response
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.store import Stores
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.items import to_attributes
from chalicelib.store.nudges import Nudges
from chalicelib.store.rijen import to_row
from chalicelib.store.tabel import Tabel
from chalicelib.traffic_center import TrafficCenter
from tests.bench.measure import Goal, medians
from tests.bench.sample import HARDENED, REFERENCE_PARSE, VERSION, dossier
from tests.pupil import NOW, NUMBERS, card

PROFIEL = PROFIELEN["18"]
ADRESSEN = b.Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
POINT = b.OverzichtAanleverpunt(Brin("99EF"), Aanleverpunt("0"), "Het Schijnpad", b.Doel.OV, None, "2" * 20)
BELLER = Beller("CN=Verzonnen CA", "2" * 20, "f" * 64)
SESSION = "0f0e0d0c-0b0a-4908-8706-050403020100"


def run() -> Iterator[Goal | str]:
    """The goals of P5."""
    data, parsed = codec.encode(dossier(), VERSION), Parsed()
    ask = soap.encode(PROFIEL, b.DocumentRequest(ADRESSEN, _PGN, None, Overdrachtsoort.OVERSTAPDOSSIER, SESSION))
    real, bare = _desk(_botocore(data), data), _desk(_plain(data), data)
    answer = deliver(real, ask)
    with parsed:
        assert deliver(bare, ask) == answer, "the answer does not depend on how AWS is reached"
    at = answer.index(data[:64])
    same = hashlib.sha256(answer[at : at + len(data)]).digest() == hashlib.sha256(data).digest()
    yield f"stored bytes leave unchanged: {'yes' if same else 'NO'}; parses of the dossier on the way: {parsed.count}"
    yield Goal("P5", "changed bytes and parses of the dossier in a delivery", parsed.count + (not same), 0, False)
    times = medians(
        {
            "delivery": lambda: deliver(real, ask),
            "re-parsing design": lambda: deliver(real, ask, _again),
            "all but botocore": lambda: deliver(bare, ask),
            "hardened parse": lambda: etree.fromstring(data, HARDENED),
        }
    )
    yield ", ".join(f"{name} {found:.2f} ms" for name, found in times.items())
    own = times["all but botocore"]
    slower = times["hardened parse"] / REFERENCE_PARSE
    yield f"the machine of the goals parses in {REFERENCE_PARSE} ms: own time there about {own / slower:.2f} ms"
    yield Goal("P5", "own time in ms, all but botocore", own, 0.3, False)
    yield Goal("P5", "against a design that re-parses", times["delivery"] / times["re-parsing design"], 0.75, False)


def deliver(balie: Balie, ask: bytes, on_the_way: Callable[[bytes], bytes] = lambda data: data) -> bytes:
    """One delivery, as the wire's door does it."""
    bericht = soap.decode(PROFIEL, ask)
    assert isinstance(bericht, b.DocumentRequest)
    found = beantwoord(balie, BELLER, bericht)
    assert isinstance(found, bytes), found
    return encode_document_response(PROFIEL, on_the_way(found))


def _again(data: bytes) -> bytes:
    """What a design does that trusts nothing it stored: parse, check, take it apart, write it again."""
    assert controle.controleer(data).geldig
    found = codec.decode(data)
    return codec.encode(found.dossier, found.versie)


class Parsed:
    """Counts, while it is entered, how often a parser is given something of the size of a dossier."""

    def __init__(self) -> None:
        self.count = 0
        self._places: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> None:
        self._places = [
            (m, name, getattr(m, name)) for m, name in ((etree, "fromstring"), (soap, "scan"), (reader, "scan"))
        ]
        for module, name, parse in self._places:
            setattr(module, name, self._counted(parse))

    def __exit__(self, *_: object) -> None:
        for module, name, parse in self._places:
            setattr(module, name, parse)

    def _counted(self, parse: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **named: Any) -> Any:
            self.count += any(isinstance(arg, bytes | str) and len(arg) > 10_000 for arg in args)
            return parse(*args, **named)

        return counted


# --- what stands in for the other side --------------------------------------------------------------------------------

_PGN = Pgn(PgnType.BSN, NUMBERS[0])
_YES = soap.encode(PROFIEL, b.SessiecontroleResponse("PO", SESSION))
_KEY = zoeksleutel_provider(bytes(32))


def _card(data: bytes) -> Dossier:
    """A card that is KLAAR for 99EF."""
    leaving = Uitschrijving(NOW.date(), vervolgschool=Vervolgschool("99EF", "Het Schijnpad"))
    collected = Versie(
        nummer=1,
        profiel=Profiel.POPO,
        standaardversie=VERSION,
        map="14SS00/l-1/verzonnen",
        inhoud_hash="a" * 64,
        verzend_hash=hashlib.sha256(data).hexdigest(),
        verzameld_op=NOW,
        record_hash="b" * 64,
    )
    plain = card()
    filled = replace(plain.invulling, uitschrijving=leaving, inzage=Inzage(Inzagewaarde.JA, NOW.date()))
    return replace(plain, status=Status.KLAAR, versie=collected, invulling=filled, version=7)


def _desk(stores: Stores, data: bytes) -> Balie:
    supplier = Leverancier(BELLER.issuer, BELLER.oin, None)
    tc = TrafficCenter(lambda *_: (200, _YES), PROFIEL, _KEY, "https://tc.invalid/18")
    stores._punten["14SS", "0"] = (_card(data).school, float("inf"))
    return Balie(stores, tc, (supplier,), lambda _: (POINT,), NOW)


def _answers(data: bytes) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    item = to_attributes(to_row(_card(data)))
    pointer = to_attributes({"pk": "PGN", "sk": "DOSSIER", "leerling_id": "l-1"})

    def answer(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetItem":
            return {"Item": pointer if params["Key"]["pk"]["S"].startswith("PGN#") else item}
        return {}

    return answer


def _botocore(data: bytes) -> Stores:
    """Real clients; the answer is given just before the request would leave."""
    session: Any = Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    answer = _answers(data)

    def send(request: AWSPreparedRequest, event_name: str, **rest: Any) -> AWSResponse:
        service, operation = event_name.split(".")[1:]
        if service == "s3":
            return _response(request, data)
        if service == "kms":
            return _response(request, json.dumps({"CiphertextBlob": base64.b64encode(bytes(180)).decode()}).encode())
        return _response(request, json.dumps(answer(operation, json.loads(cast(bytes, request.body)))).encode())

    def client(service: str) -> Any:
        made = session.client(service)
        made.meta.events.register("before-send", send)
        return made

    return _stores(client)


class _Body:
    """A body that is there already."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self._data]

    def read(self, *_: Any, **__: Any) -> bytes:
        data, self._data = self._data, b""
        return data


def _response(request: AWSPreparedRequest, data: bytes) -> AWSResponse:
    return AWSResponse(request.url, 200, HTTPHeaders(), _Body(data))


class _Plain:
    """A client without botocore: the same answers, as values."""

    def __init__(self, data: bytes) -> None:
        self._data, self._answer = data, _answers(data)
        self.exceptions = _Exceptions

    def get_item(self, **params: Any) -> dict[str, Any]:
        return self._answer("GetItem", params)

    def put_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def transact_write_items(self, **_: Any) -> dict[str, Any]:
        return {}

    def get_object(self, **_: Any) -> dict[str, Any]:
        return {"Body": _Body(self._data)}

    def encrypt(self, **_: Any) -> dict[str, Any]:
        return {"CiphertextBlob": bytes(180)}


class _Exceptions:
    class ConditionalCheckFailedException(Exception):
        pass

    class TransactionCanceledException(Exception):
        pass

    class NoSuchKey(Exception):
        pass


def _plain(data: bytes) -> Stores:
    return _stores(lambda _: _Plain(data))


def _stores(client: Callable[[str], Any]) -> Stores:
    dynamodb = client("dynamodb")
    return Stores(
        Tabel(dynamodb, "state"),
        Tabel(dynamodb, "log"),
        Inhoud(client("s3"), "bucket"),
        Geheim(client("kms"), "sleutel", {"1": bytes(32)}),
        Nudges(client("sqs"), {}),
    )
