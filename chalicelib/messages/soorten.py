"""Text of an element <-> value, for every kind of field on the wire. All errors are Invalid and quote nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, pgn_fout
from chalicelib.domain.resultaat import van_wire
from chalicelib.errors import Invalid
from chalicelib.messages.profiel import Soort
from chalicelib.messages.zoeksleutel import lees_zoeksleutel

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_DATUMTIJD = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,6})?[0-9]*(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
# composition of a routeringsKenmerk: inferred from the one published example (protocol 1)
_KENMERK = re.compile(r"00000007000([0-9]{2}[A-Z]{2})([0-9]{5})", re.ASCII)
_URL = re.compile(
    r"https://([0-9A-Za-z](?:[0-9A-Za-z.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(:[1-9][0-9]{0,4})?([/?][\x21-\x7e]*)?",
    re.ASCII,
)
# what XML 1.0 cannot carry; the reverse of what it can, which is one set, takes 5 ms to compile
_NIET_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff\ufffe\uffff]")


def _soort(lees: Callable[[str], object], schrijf: Callable[[Any], str]) -> Soort:
    """A kind that needs no BRIN."""
    return Soort(lambda tekst, _: lees(tekst), lambda waarde, _: schrijf(waarde))


def _fout(wat: str) -> Invalid:
    return Invalid("BERICHT_ONGELDIG", wat)


def _passend(patroon: re.Pattern[str], wat: str) -> Callable[[str], str]:
    def lees(tekst: str) -> str:
        if not patroon.fullmatch(tekst):
            raise _fout(f"geen geldige {wat}")
        return tekst

    return lees


def lees_pgn(tekst: str) -> Pgn:
    """The Pgn in a documentRequest. The wire does not say which kind it is, so its own check decides (protocol 5).

    No number passes both: the same sum must leave remainder p9 for a BSN and p9 + 5 for an onderwijsnummer.
    """
    for type_ in PgnType:
        if not pgn_fout(type_, tekst):
            return Pgn(type_, tekst)
    raise _fout("het nummer voldoet niet aan de controle voor BSN of onderwijsnummer")


def lees_datumtijd(tekst: str) -> datetime:
    """An xs:dateTime with an offset; digits behind the microseconds are dropped. Without an offset: Invalid."""
    gevonden = _DATUMTIJD.fullmatch(tekst)
    try:
        return datetime.fromisoformat("".join(deel or "" for deel in gevonden.groups()) if gevonden else "")
    except ValueError:
        raise _fout("geen geldige datum en tijd met tijdzone") from None


def _schrijf_datumtijd(waarde: datetime) -> str:
    if waarde.tzinfo is None:
        raise _fout("een datum en tijd zonder tijdzone")
    return waarde.isoformat()


def lees_url(tekst: str) -> str:
    """An https address of at most 2000 characters with a host and without credentials (protocol 9b.11)."""
    if len(tekst) > 2000 or not _URL.fullmatch(tekst):
        raise _fout("geen geldig https-adres")
    return tekst


def _lees_index(tekst: str) -> Aanleverpunt:
    return Aanleverpunt.parse(_passend(_INDEX, "aanleverpuntIndex")(tekst))


def _lees_kenmerk(tekst: str, brin: Brin | None) -> Aanleverpunt:
    """A routeringsKenmerk of this BRIN becomes its index, so that both generations name one aanleverpunt alike.

    One of another BRIN, or of an unknown form, stays as it is: nobody will know it, and that is the right answer.
    """
    gevonden = _KENMERK.fullmatch(tekst)
    if gevonden and brin is not None and gevonden[1] == brin.code:
        return Aanleverpunt.parse(str(int(gevonden[2])))
    if len(tekst) != 20:
        raise _fout("geen geldig routeringsKenmerk")
    return Aanleverpunt.parse(tekst)


def in_brin(punt: Aanleverpunt, brin: Brin | None) -> Aanleverpunt:
    """The aanleverpunt as this BRIN calls it: its index where a routeringsKenmerk holds one, else as it is."""
    return _lees_kenmerk(punt.nummer, brin) if len(punt.nummer) == 20 else punt


def _schrijf_kenmerk(waarde: Aanleverpunt, brin: Brin | None) -> str:
    if len(waarde.nummer) == 20:
        return waarde.nummer
    if brin is None or len(waarde.nummer) > 5:
        raise _fout("van dit aanleverpunt is geen routeringsKenmerk te maken")
    return f"00000007000{brin.code}{waarde.nummer:0>5}"


def code(waarden: Mapping[StrEnum, str]) -> Soort:
    """A closed list: our value -> the value on the wire."""
    terug = {wire: waarde for waarde, wire in waarden.items()}

    def lees(tekst: str) -> StrEnum:
        if tekst not in terug:
            raise _fout("onbekende code")
        return terug[tekst]

    return _soort(lees, lambda waarde: waarden[waarde])


def schrijfbaar(tekst: str) -> str:
    """The text itself; raises Invalid when it holds a character that XML 1.0 cannot carry."""
    if _NIET_IN_XML.search(tekst):
        raise _fout("een teken dat niet in XML past")
    return tekst


TEKST = _soort(lambda tekst: tekst, schrijfbaar)
BRIN = _soort(Brin.parse, str)
INDEX = _soort(_lees_index, lambda waarde: _lees_index(waarde.nummer).nummer)
KENMERK = Soort(_lees_kenmerk, _schrijf_kenmerk)
SESSIE_ID = _soort(_passend(_UUID, "sessieId"), str)
KOPPELSLEUTEL = _soort(_passend(_UUID, "koppelsleutel"), str)
ZOEKSLEUTEL = _soort(lees_zoeksleutel, lambda waarde: waarde.waarde)
BASE64 = _soort(lambda tekst: lees_zoeksleutel(tekst).waarde, str)
PGNFRAG = _soort(_passend(re.compile("[0-9]{4}", re.ASCII), "pgnfrag"), str)
PGN = _soort(lees_pgn, lambda waarde: waarde.nummer)
DATUMTIJD = _soort(lees_datumtijd, _schrijf_datumtijd)
URL = _soort(lees_url, lees_url)
RESULTAAT = _soort(van_wire, lambda waarde: waarde.wire)
