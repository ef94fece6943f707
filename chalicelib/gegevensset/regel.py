"""What a business rule is: its ids, the element it fires on, its texts, and the small function that judges.

`regels_*.py` hold the rules; `regels.py` runs them. Ids and their meaning: the register of business
rules of the standard (`OVa.*` overstapdossier, `OVb.*` binnen BRIN, `PaO.*` swv-dossier, `OG.*` `CL.*`
`OS.*` all of them); ids that start with `OSO.` are our own additions of the mode `intended`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.tabel import Standaard

Element = etree._Element  # the one class of lxml that has no public name

FAMILIES = ("OVa", "OVb", "PaO", "OV")  # OV: the sheet of OVa and OVb, on a file that is neither
_WAAR = {"true": True, "1": True, "false": False, "0": False}
_NUMMERS = ("bsn", "onderwijsnummer", "leerlingid", "banknummer", "iban")
_LANGSTE = 80
_LEEG: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Bevinding:
    """One rule that said no. `element` is where; `kind` names a child that is missing there."""

    element: Element
    code: str
    tekst: str
    wat_nu: str
    toegestaan: str = ""
    waarde: str = ""
    kind: str = ""
    ernst: str = "fout"

    def __repr__(self) -> str:
        """Show the rule only: values are personal, and a repr ends up in logs."""
        return f"Bevinding({self.code!r}, {self.kind!r})"


def tekst_van(element: Element) -> str:
    """The text of a leaf as XPath sees it: comments and processing instructions left out."""
    if len(element):
        return (element.text or "") + "".join(kind.tail or "" for kind in element)
    return element.text or ""


def boolean(tekst: str) -> bool | None:
    """The value of an xs:boolean, or None where the text is none: then the schema has spoken already."""
    return _WAAR.get(tekst.strip(" \t\r\n"))


def veilig(naam: str, tekst: str, geheim: bool = False) -> str:
    """A value as a Melding may show it: numbers and secrets masked, blanks of layout gone, long texts cut."""
    kort = " ".join(tekst.split())
    if geheim or naam in _NUMMERS:
        return f"••••••{kort[-3:]}" if len(kort) > 6 and not geheim else "••••••"
    return kort if len(kort) <= _LANGSTE else f"{kort[:_LANGSTE]}…"


class Knoop:
    """An element with its children by name, looked up once for all rules that fire on it."""

    __slots__ = ("_kinderen", "element")

    def __init__(self, element: Element, skip: int) -> None:
        """Index the children of the element; `skip` is the length of `{namespace}` in a tag."""
        self.element = element
        self._kinderen: dict[str, list[Element]] = {}
        for kind in element.iterchildren(tag=etree.Element):
            self._kinderen.setdefault(kind.tag[skip:], []).append(kind)

    def __contains__(self, naam: str) -> bool:
        return naam in self._kinderen

    def kinderen(self, naam: str) -> Iterable[Element]:
        """All children of that name, in order."""
        return self._kinderen.get(naam, _LEEG)

    def heeft_een_van(self, namen: Iterable[str]) -> bool:
        """Whether at least one of these children is there."""
        return any(naam in self._kinderen for naam in namen)

    def tekst(self, naam: str) -> str:
        """The text of the first child of that name, or "" without one."""
        kinderen = self._kinderen.get(naam)
        return tekst_van(kinderen[0]) if kinderen else ""

    def waar(self, naam: str) -> bool:
        """Whether that child is there and true."""
        return boolean(self.tekst(naam)) is True

    def onwaar(self, naam: str) -> bool:
        """Whether that child is there and false."""
        return boolean(self.tekst(naam)) is False

    def niet_waar(self, naam: str) -> bool:
        """Whether that child is absent or false; a text that is no boolean is a matter of the schema."""
        return naam not in self._kinderen or self.onwaar(naam)


_PROFIELEN = {
    "OVa": {overstap: Profiel(overstap) for overstap in ("POPO", "POVO", "VOVO")},
    "PaO": {overstap: Profiel(overstap) for overstap in ("POSWV", "VOSWV")},
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know besides its own element: the standard, the kind of dossier, the blocks that occur once."""

    standaard: Standaard
    familie: str
    overstap: str
    knopen: dict[str, Knoop]

    @property
    def profiel(self) -> Profiel | None:
        """The profile; binnen BRIN need not say which overstap, and its two profiles demand the same blocks."""
        if self.familie == "OVb":
            return Profiel.BB_POVO if self.overstap == "POVO" else Profiel.BB_POPO
        return _PROFIELEN.get(self.familie, {}).get(self.overstap)

    def knoop(self, naam: str) -> Knoop | None:
        """One of the blocks that occur once (`EENMALIG` in `regels.py`), or None."""
        return self.knopen.get(naam)

    def tekst(self, blok: str, naam: str) -> str:
        """The text of a child of such a block, or ""."""
        knoop = self.knopen.get(blok)
        return knoop.tekst(naam) if knoop else ""

    def heeft(self, pad: tuple[str, ...]) -> bool:
        """Whether the element at this path from the dossier is there; its parent is a block that occurs once."""
        knoop = self.knopen.get(pad[-2] if len(pad) > 1 else "dossier")
        return knoop is not None and pad[-1] in knoop


Oordeel = Callable[[Knoop, Context], bool | str]


@dataclass(frozen=True, slots=True, eq=False)
class Regel:
    """One rule under the id of one family.

    `oordeel` says whether something is wrong, or in words what. The finding is then at each child `kind`, or at
    the element itself with the name of the missing child. `levend` is false for a rule that the official sheet holds
    but cannot reach.
    """

    code: str
    ook: tuple[str, ...]
    op: str
    kind: str
    tekst: str
    wat_nu: str
    oordeel: Oordeel
    levend: bool = True
    toegestaan: str = ""
    ernst: str = "fout"
    vanaf: str = ""
    tot: str = "9999"
    families: tuple[str, ...] = field(default=FAMILIES)

    @property
    def eigen(self) -> bool:
        """Whether this is an addition of ours, which the official validator does not know."""
        return self.code.startswith("OSO.")

    @property
    def officieel(self) -> bool:
        """Whether the official validator would give this verdict too."""
        return self.levend and not self.eigen

    @property
    def sleutel(self) -> str:
        """Unique name: an id may serve two functions (OVa.SL01), and a function two elements."""
        return f"{self.code} {self.op}/{self.kind}"

    def geldt_in(self, versie: str) -> bool:
        """Whether the rule exists in that version of the standard."""
        return self.vanaf <= versie <= self.tot


REGELS: list[Regel] = []


def regel(
    *codes: str,
    op: str,
    tekst: str,
    wat_nu: str,
    kind: str = "",
    dood: Iterable[str] = (),
    toegestaan: str = "",
    ernst: str = "fout",
    vanaf: str = "",
    tot: str = "9999",
    families: tuple[str, ...] = (),
) -> Callable[[Oordeel], Oordeel]:
    """Register the function below under one id per family.

    A code may hold several ids, parted by blanks, for one and the same check ("OVa.LL08 OVa.OV04"); the first
    is reported. `dood`: ids that are written in the official sheet but never fire. `op`: the name of the element
    the rule fires on, with its parent ("dossier/inzage") where the name alone is ambiguous. `vanaf` and `tot`:
    first and last version of the standard that has the rule.
    """

    def registreer(oordeel: Oordeel) -> Oordeel:
        for levend, groep in ((True, codes), (False, tuple(dood))):
            for tekst_codes in groep:
                code, *ook = tekst_codes.split()
                eigen_familie = code.partition(".")[0]
                bereik = families or ((eigen_familie,) if eigen_familie in FAMILIES else FAMILIES)
                REGELS.append(
                    Regel(
                        code,
                        tuple(ook),
                        op,
                        kind,
                        tekst,
                        wat_nu,
                        oordeel,
                        levend,
                        toegestaan,
                        ernst,
                        vanaf,
                        tot,
                        bereik,
                    )
                )
        return oordeel

    return registreer
