"""What our own exceptions say of input that is wrong: their text as a log would hold it, cause and context included.

Every reader of input that comes from outside is given the data of pupils, broken in each of a number of ways.
"""

import json
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from chalicelib.config import Settings
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.gegevensset.bijlagen import open_bijlage
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.lezen import lees_json
from chalicelib.messages import PROFIELEN, soap
from chalicelib.store.nudges import Nudge
from chalicelib.web import portal
from chalicelib.web.deur import ROUTES, lees_body
from chalicelib.web.portal.cursor import ontzegel
from infra.local.portal_client import number_of
from infra.local.search import Place

assert portal.__all__  # importing it filled the register
Reader = Callable[[bytes], object]


def texts(pupils: Iterable[bytes]) -> Iterator[Place]:
    """The text of every exception that these pupils, broken, give at any reader."""
    for data in pupils:
        for broken in _broken(data):
            for naam, read in _READERS.items():
                try:
                    read(broken)
                except Exception as error:  # noqa: BLE001  whatever it is, its text must hold nothing
                    told = "".join(traceback.format_exception(error))
                    yield Place("teksten van uitzonderingen", naam, f"{told} {error!r}")


def _broken(data: bytes) -> Iterator[bytes]:
    """The dossier cut off, spoilt around the number and the name; and number and name on their own."""
    text, number = data.decode(), number_of(data)
    digits = number[1] if number else "238521436"
    naam = decode(data).dossier["huidigeschool"]["leerling"]["achternaam"]
    yield from (one.encode() for one in (text[: len(text) // 2], f"<!DOCTYPE x>{text}", text.replace("<leerling>", "")))
    yield text.replace(digits, f"{digits}{digits}").encode()
    yield text.replace(f">{naam}<", f">{naam}\x01<").encode()
    yield text.replace("<leerling>", f"<leerling><onbekend>{digits} {naam}</onbekend>").encode()
    for one in (digits, naam, f"{digits[:-1]}x", f"{naam} {digits}"):
        yield one.encode()
        yield json.dumps({"pgn": one, "naam": one, "dossier": {"bsn": one}, "limiet": one}).encode()
        yield f'{{"pgn": "{one}'.encode()
        yield f"<a><bsn>{one}</bsn>".encode()


def _text(read: Callable[[str], object]) -> Reader:
    return lambda data: read(data.decode())


def _settings(data: bytes) -> Any:
    return Settings.from_env({"OSO_PEPPER": data.decode(), "OSO_KLOK": data.decode()})


_READERS: dict[str, Reader] = {
    "decode": decode,
    "controleer": controleer,
    "lees_json": lambda data: lees_json(data, 10**7),
    "open_bijlage": _text(lambda text: open_bijlage("naam.txt", text)),
    **{f"soap {profiel.naam}": lambda data, one=profiel: soap.decode(one, data) for profiel in PROFIELEN.values()},  # type: ignore[misc]
    **{f"Pgn {soort}": _text(lambda text, one=soort: Pgn.parse(one, text)) for soort in PgnType},  # type: ignore[misc]
    **{type_.__name__: _text(type_.parse) for type_ in (Brin, Vestiging, Aanleverpunt)},
    "Nudge": _text(Nudge.parse),
    "cursor": _text(lambda text: ontzegel([b"sleutel"], "", text)),
    "instellingen": _settings,
    **{
        route.body.__name__: lambda data, one=route.body: lees_body(one, data)  # type: ignore[misc]
        for route in ROUTES
        if route.body
    },
}
