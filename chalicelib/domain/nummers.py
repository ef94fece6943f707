"""The numbers of the field: parse once, then trust the type.

Sources: protocol 5 (checks of BSN and onderwijsnummer), R3 and ch. 0 (BRIN, vestiging, aanleverpunt).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.errors import Invalid

_BRIN = re.compile(r"[0-9]{2}[A-Z]{2}", re.ASCII)
_VESTIGING = re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{2}", re.ASCII)
_NEGEN_CIJFERS = re.compile(r"[0-9]{9}", re.ASCII)
_GESCHREVEN = re.compile(r"[-._]*(?:[0-9][-._]*){8,9}", re.ASCII)
_AANLEVERPUNT = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
LENGTE_KENMERK = 20
_ROUTERING = re.compile(r"[0-9]{11}[0-9]{2}[A-Z]{2}[0-9]{5}", re.ASCII)


class PgnType(StrEnum):
    """The two kinds of persoonsgebonden nummer (ch. 0)."""

    BSN = "BSN"
    ONDERWIJSNUMMER = "ONDERWIJSNUMMER"


@dataclass(frozen=True)
class Pgn:
    """A persoonsgebonden nummer that passed its check. Its repr and str never show the digits."""

    type: PgnType
    nummer: str

    @classmethod
    def parse(cls, type_: PgnType, tekst: str) -> "Pgn":
        """Return the Pgn, or raise Invalid("PGN_ONGELDIG") that names the check that failed (15.18)."""
        fout = pgn_fout(type_, tekst)
        if fout:
            raise Invalid("PGN_ONGELDIG", fout)
        return cls(type_, tekst)

    @property
    def gemaskeerd(self) -> str:
        """The last three digits behind dots, for screens (R132)."""
        return f"••••••{self.nummer[-3:]}"

    def __repr__(self) -> str:
        return f"Pgn({self.type.value}, …)"

    __str__ = __repr__


def _som(cijfers: str) -> int:
    """9p1 + 8p2 + … + 2p8 (protocol 5)."""
    return sum(int(cijfer) * gewicht for cijfer, gewicht in zip(cijfers, range(9, 1, -1), strict=False))


def pgn_fout(type_: PgnType, tekst: str) -> str:
    """Say in Dutch which check the number fails, or "" when it passes all of them (protocol 5)."""
    if not _NEGEN_CIJFERS.fullmatch(tekst):
        return "het nummer moet uit precies negen cijfers bestaan"
    if tekst == "000000000":
        return "het nummer bestaat alleen uit nullen"
    if type_ is PgnType.BSN:
        return "" if (_som(tekst) - int(tekst[8])) % 11 == 0 else "het nummer voldoet niet aan de elfproef voor een BSN"
    if not tekst.startswith("1"):
        return "een onderwijsnummer begint met een 1"
    if (_som(tekst) - int(tekst[8]) - 5) % 11:
        return "het nummer voldoet niet aan de controle voor een onderwijsnummer"
    return ""


def lijkt_op_pgn(tekst: str) -> bool:
    """Whether the text holds nine digits that pass as BSN or onderwijsnummer (api.md, leerlingId)."""
    return any(
        not pgn_fout(type_, kandidaat)
        for kandidaat in re.findall(r"(?<![0-9])[0-9]{9}(?![0-9])", tekst)
        for type_ in PgnType
    )


def is_geschreven_pgn(tekst: str) -> bool:
    """Whether the text as a whole is how people write such a number: `097.902.378`, or without the nought in front.

    Only digits and separators count: with those left out of any text, one in two hundred UUIDs would be a number.
    """
    return lijkt_op_pgn(re.sub(r"[-._]", "", tekst).zfill(9)) if _GESCHREVEN.fullmatch(tekst) else False


@dataclass(frozen=True, order=True)
class Brin:
    """Four characters that name an institution: `14SS`."""

    code: str

    @classmethod
    def parse(cls, tekst: str) -> "Brin":
        """Return the Brin of exactly two digits and two capitals, or raise Invalid("BRIN_ONGELDIG")."""
        if not _BRIN.fullmatch(tekst):
            raise Invalid("BRIN_ONGELDIG", "een BRIN bestaat uit twee cijfers en twee hoofdletters, zoals 14SS")
        return cls(tekst)

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, order=True)
class Vestiging:
    """Six characters: a Brin and the two digits of the branch, `14SS00`."""

    code: str

    @classmethod
    def parse(cls, tekst: str) -> "Vestiging":
        """Return the Vestiging, or raise Invalid("VESTIGING_ONGELDIG")."""
        if not _VESTIGING.fullmatch(tekst):
            raise Invalid("VESTIGING_ONGELDIG", "een vestiging is een BRIN met twee cijfers, zoals 14SS00")
        return cls(tekst)

    @property
    def brin(self) -> Brin:
        return Brin(self.code[:4])

    @property
    def vestigingscode(self) -> str:
        return self.code[4:]

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, order=True)
class Aanleverpunt:
    """Where a system is reached within one Brin: an index (`0`, '18) or a routeringskenmerk (20 positions, '22)."""

    nummer: str

    @classmethod
    def parse(cls, tekst: str) -> "Aanleverpunt":
        """Return the Aanleverpunt, or raise Invalid("AANLEVERPUNT_ONGELDIG")."""
        if not (_AANLEVERPUNT.fullmatch(tekst) or _ROUTERING.fullmatch(tekst)):
            raise Invalid("AANLEVERPUNT_ONGELDIG", "een aanleverpunt is een geheel getal vanaf 0")
        return cls(tekst)

    def __str__(self) -> str:
        return self.nummer
