"""The tables of the data standard: `2018.1.tabel`, `2019.1.tabel`, and what they say as values.

A version is one text file beside this module; a new file is a new version. Its parts:

* `[standaard]` version, validation version and namespace;
* `[typen]` named types: a base type of XML Schema and its facets;
* `[blokken]` the gegevensblokken: the matrix of profiles (R117, R118), label, i-text (R44), places of the data;
* `[codelijsten]` per list its number, its name, and its codes with a description where one is known (15.44);
* `[vormen]` blocks that occur in several places; a line `+vorm` takes over the lines of such a block;
* `[dossier]` the tree. Two blanks deeper is a child. A line says: name, `min..max`, type (`-` for a block),
  then `lijst=` code list, `keuze=name` (`?` at most one of them, `!` exactly one), `groep` (those children
  repeat together), then the label and the meaning.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.errors import Invalid

_MAP = Path(__file__).parent
_EISEN = {"v": Eis.VERPLICHT, "o": Eis.OPTIONEEL, "x": Eis.VERBODEN}
_KOLOMMEN: tuple[tuple[Profiel, ...], ...] = (
    (Profiel.POPO,),
    (Profiel.POVO,),
    (Profiel.VOVO,),
    (Profiel.BB_POPO, Profiel.BB_POVO),
    (Profiel.POSWV,),
    (Profiel.VOSWV,),
)
_REGEL = re.compile(r"( *)(\S+) +(\d+)\.\.(\d+|n) +(\S+) *([^|]*)\| ([^|]+) \| (.+)")

VERSIES: tuple[str, ...] = tuple(sorted(bestand.stem for bestand in _MAP.glob("*.tabel")))


@dataclass(frozen=True, eq=False)
class Codelijst:
    """The codes that a field may hold, with their Dutch description ("" where no source gives one)."""

    nummer: int
    naam: str
    codes: Mapping[str, str]
    per_veld: Mapping[str, str] = field(default_factory=dict)

    def tekst(self, code: str, veld: str = "") -> str:
        """The description of a code, worded for the field where that differs; the code itself if unknown (R127)."""
        return self.per_veld.get(f"{veld}={code}") or self.codes.get(code) or code


@dataclass(frozen=True, eq=False)
class Element:
    """One element of the standard, or an attribute (its name starts with `@`). `max` is None without a maximum."""

    naam: str
    min: int
    max: int | None
    label: str
    betekenis: str
    basis: str | None = None
    facetten: Mapping[str, str] = field(default_factory=dict)
    codelijst: int | None = None
    keuze: str = ""
    keuze_verplicht: bool = False
    groep: bool = False
    kinderen: tuple["Element", ...] = ()
    attributen: tuple["Element", ...] = ()

    @property
    def is_blok(self) -> bool:
        return self.basis is None

    @property
    def herhaalt(self) -> bool:
        return self.max is None or self.max > 1

    @cached_property
    def heeft_groep(self) -> bool:
        """Whether the children repeat as a group: the JSON value is then a list of objects."""
        return any(kind.groep for kind in self.kinderen)

    @cached_property
    def bij_naam(self) -> Mapping[str, "Element"]:
        """The children by name."""
        return {kind.naam: kind for kind in self.kinderen}

    def alle(self) -> Iterator["Element"]:
        """This element, its attributes and everything below it, in the order of the standard."""
        yield self
        yield from self.attributen
        for kind in self.kinderen:
            yield from kind.alle()


@dataclass(frozen=True, eq=False)
class Blok:
    """A gegevensblok: `naam` is that of its `cat_` field; `paden` lead from the dossier to its data."""

    naam: str
    label: str
    toelichting: str
    eisen: Mapping[Profiel, Eis]
    paden: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Standaard:
    """One version of the data standard."""

    versie: str
    validatieversie: str
    namespace: str
    wortel: Element
    codelijsten: Mapping[int, Codelijst]
    blokken: tuple[Blok, ...]

    @cached_property
    def blok(self) -> Mapping[str, Blok]:
        """The gegevensblokken by name."""
        return {blok.naam: blok for blok in self.blokken}


@cache
def standaard(versie: str) -> Standaard:
    """The table of a version, read once per process; raises Invalid("STANDAARDVERSIE_ONBEKEND")."""
    if versie not in VERSIES:
        raise Invalid("STANDAARDVERSIE_ONBEKEND", f"deze versies zijn bekend: {', '.join(VERSIES)}")
    return lees((_MAP / f"{versie}.tabel").read_text(encoding="utf-8"))


def standaard_van(namespace: str) -> Standaard | None:
    """The version that owns an XML namespace, or None."""
    return next((tabel for tabel in map(standaard, VERSIES) if tabel.namespace == namespace), None)


def lees(tekst: str) -> Standaard:
    """Turn the text of a table into a Standaard; a line that breaks the notation raises ValueError or KeyError."""
    delen = _delen(tekst)
    kop = dict(regel.split() for regel in delen["standaard"])
    typen = {naam: (basis, _facetten(rest)) for naam, basis, *rest in map(str.split, delen["typen"])}
    (wortel,) = _elementen(delen["dossier"], typen, _vormen(delen["vormen"], typen))
    return Standaard(
        versie=kop["versie"],
        validatieversie=kop["validatieversie"],
        namespace=kop["naamruimte"],
        wortel=wortel,
        codelijsten=MappingProxyType({lijst.nummer: lijst for lijst in _codelijsten(delen["codelijsten"])}),
        blokken=tuple(_blokken(delen["blokken"])),
    )


def _delen(tekst: str) -> dict[str, list[str]]:
    """The lines of each `[part]`, comments and empty lines left out."""
    delen: dict[str, list[str]] = {}
    for regel in tekst.splitlines():
        if regel.startswith("["):
            deel = delen.setdefault(regel[1 : regel.index("]")], [])
        elif regel and not regel.startswith("#"):
            deel.append(regel.rstrip())
    return delen


def _facetten(woorden: list[str]) -> Mapping[str, str]:
    return MappingProxyType(dict(woord.split("=", 1) for woord in woorden))


def _groepen(regels: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each line at the margin, with the indented lines below it."""
    kop, inhoud = "", list[str]()
    for regel in regels:
        if regel.startswith(" "):
            inhoud.append(regel)
            continue
        if kop:
            yield kop, inhoud
        kop, inhoud = regel, []
    yield kop, inhoud


Typen = Mapping[str, tuple[str, Mapping[str, str]]]
Vormen = Mapping[str, tuple[Element, ...]]


def _vormen(regels: list[str], typen: Typen) -> Vormen:
    vormen: dict[str, tuple[Element, ...]] = {}
    for naam, inhoud in _groepen(regels):
        vormen[naam] = _elementen([regel[2:] for regel in inhoud], typen, vormen)
    return vormen


def _elementen(regels: list[str], typen: Typen, vormen: Vormen) -> tuple[Element, ...]:
    """The elements at the margin. From the last line up, so that children exist before their parent."""
    per_diepte: dict[int, list[Element]] = {}
    for regel in reversed(regels):
        diepte = len(regel) - len(regel.lstrip())
        if regel.lstrip().startswith("+"):
            per_diepte.setdefault(diepte, []).extend(reversed(vormen[regel.strip(" +")]))
            continue
        onder = per_diepte.pop(diepte + 2, [])[::-1]
        per_diepte.setdefault(diepte, []).append(_element(regel, typen, onder))
    return tuple(reversed(per_diepte[0]))


def _element(regel: str, typen: Typen, onder: list[Element]) -> Element:
    past = _REGEL.fullmatch(regel)
    if past is None:
        raise ValueError(regel)
    _, naam, minimum, maximum, type_, rest, label, betekenis = past.groups()
    kenmerken = dict(woord.partition("=")[::2] for woord in rest.split())
    basis, facetten = (None, {}) if type_ == "-" else typen[type_]
    keuze = kenmerken.get("keuze", "")
    return Element(
        naam=naam,
        min=int(minimum),
        max=None if maximum == "n" else int(maximum),
        label=label.strip(),
        betekenis=betekenis,
        basis=basis,
        facetten=facetten,
        codelijst=int(kenmerken["lijst"]) if "lijst" in kenmerken else None,
        keuze=keuze[:-1],
        keuze_verplicht=keuze.endswith("!"),
        groep="groep" in kenmerken,
        kinderen=tuple(kind for kind in onder if not kind.naam.startswith("@")),
        attributen=tuple(kind for kind in onder if kind.naam.startswith("@")),
    )


def _codelijsten(regels: list[str]) -> Iterator[Codelijst]:
    for kop, inhoud in _groepen(regels):
        nummer, naam = kop.split(maxsplit=1)
        teksten = dict(paar for regel in inhoud for paar in _codes(regel))
        per_veld = {sleutel: tekst for sleutel, tekst in teksten.items() if "=" in sleutel}
        codes = {code: tekst for code, tekst in teksten.items() if "=" not in code}
        yield Codelijst(int(nummer), naam, MappingProxyType(codes), MappingProxyType(per_veld))


def _codes(regel: str) -> Iterator[tuple[str, str]]:
    """`code  description`, or a line of codes without description, with one blank between them."""
    code, dubbel, tekst = regel.strip().partition("  ")
    if dubbel:
        yield code, tekst.strip()
    elif "=" in code:
        raise ValueError(regel)
    else:
        yield from ((los, "") for los in code.split())


def _blokken(regels: list[str]) -> Iterator[Blok]:
    for kop, inhoud in _groepen(regels):
        naam, letters, label, toelichting = (deel.strip() for deel in kop.split("|"))
        eisen = {
            profiel: _EISEN[letter]
            for letter, profielen in zip(letters.split(), _KOLOMMEN, strict=True)
            for profiel in profielen
        }
        yield Blok(naam, label, toelichting, MappingProxyType(eisen), tuple(_paden(inhoud)))


def _paden(regels: list[str]) -> Iterator[tuple[str, ...]]:
    for regel in regels:
        ouder, _, namen = regel.strip().partition(": ")
        boven = () if ouder == "." else tuple(ouder.split("/"))
        yield from ((*boven, naam) for naam in namen.split())
