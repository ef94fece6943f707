"""XML of strangers, read with bounds: no DTD, no entity, no processing instruction in a message; depth, number of
elements and text limited. Expat does the reading; nothing it says about the input reaches an error of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from chalicelib.errors import Invalid

SCHEIDING = "\x1f"  # between namespace and name; cannot occur in XML 1.0


@dataclass(frozen=True)
class Grenzen:
    """octetten: of the whole; diepte: of nesting; elementen: their number; tekst: characters in one element."""

    octetten: int
    diepte: int = 12
    elementen: int = 20_000
    tekst: int = 65_536


VERZOEK = Grenzen(64 * 1024, elementen=500)
ANTWOORD = Grenzen(4 * 1024 * 1024, elementen=200_000)


class Knoop:
    """One element: namespace, name, attributes as expat names them, children, text. The repr shows names only."""

    __slots__ = ("attributen", "kinderen", "naam", "namespace", "tekst")

    def __init__(self, namespace: str, naam: str, attributen: dict[str, str]) -> None:
        self.namespace = namespace
        self.naam = naam
        self.attributen = attributen
        self.kinderen: list[Knoop] = []
        self.tekst = ""

    def __repr__(self) -> str:
        return f"Knoop({self.namespace!r}, {self.naam!r})"


class Klaar(Exception):
    """Raised by a handler to stop reading; `scan` then returns as at the end of the input."""


def ongeldig(waarom: str) -> Invalid:
    """The one error of this room."""
    return Invalid("BERICHT_ONGELDIG", waarom)


def _te_veel() -> Invalid:
    return ongeldig("het bericht is te diep genest of heeft te veel elementen")


def hardened() -> expat.XMLParserType:
    """A namespace-aware parser that refuses every DTD (and with it every entity of the sender's own)."""
    parser = expat.ParserCreate(namespace_separator=SCHEIDING)
    parser.buffer_text = True

    def weiger_dtd(*_: object) -> None:
        raise ongeldig("het bericht bevat een DTD")

    parser.StartDoctypeDeclHandler = weiger_dtd
    parser.EntityDeclHandler = weiger_dtd
    return parser


def telling(grenzen: Grenzen) -> tuple[Callable[[], int], Callable[[], int]]:
    """Two functions, `open` and `close`, that count elements and keep the depth; each returns the depth inside."""
    diepte = gezien = 0

    def begin() -> int:
        nonlocal diepte, gezien
        diepte += 1
        gezien += 1
        if diepte > grenzen.diepte or gezien > grenzen.elementen:
            raise _te_veel()
        return diepte

    def einde() -> int:
        nonlocal diepte
        diepte -= 1
        return diepte

    return begin, einde


def scan(parser: expat.XMLParserType, data: bytes, grenzen: Grenzen) -> None:
    """Run the parser over all of `data`, or until a handler raises Klaar. Raises Invalid for anything unreadable."""
    if len(data) > grenzen.octetten:
        raise Invalid("TE_GROOT", f"het bericht is groter dan {grenzen.octetten} octetten")
    try:
        parser.Parse(data, True)
    except Klaar:
        return
    except (expat.ExpatError, ValueError, LookupError):
        raise ongeldig("geen welgevormde XML") from None


def splits(naam: str) -> tuple[str, str]:
    """Namespace and local name of a name as expat gives it."""
    namespace, _, lokaal = naam.rpartition(SCHEIDING)
    return namespace, lokaal


def boom(data: bytes, grenzen: Grenzen) -> Knoop:
    """All of a small message as a tree. Raises Invalid."""
    parser = hardened()
    wortel = Knoop("", "", {})
    pad = [wortel]
    gezien = 0

    def start(naam: str, attributen: dict[str, str]) -> None:
        nonlocal gezien
        gezien += 1
        if gezien > grenzen.elementen or len(pad) > grenzen.diepte:
            raise _te_veel()
        namespace, _, lokaal = naam.rpartition(SCHEIDING)
        knoop = Knoop(namespace, lokaal, attributen)
        pad[-1].kinderen.append(knoop)
        pad.append(knoop)

    def eind(_: str) -> None:
        del pad[-1]

    def tekst(stuk: str) -> None:
        knoop = pad[-1]
        knoop.tekst += stuk
        if len(knoop.tekst) > grenzen.tekst:
            raise ongeldig("een element heeft te veel tekst")

    def instructie(*_: object) -> None:
        raise ongeldig("het bericht bevat een verwerkingsinstructie")

    parser.StartElementHandler = start
    parser.EndElementHandler = eind
    parser.CharacterDataHandler = tekst
    parser.ProcessingInstructionHandler = instructie
    scan(parser, data, grenzen)
    return wortel.kinderen[0]
