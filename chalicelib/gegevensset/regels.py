"""The business rules of the standard, run over one dossier (business rules, chapters 1-4).

`official` holds the rules that the official validator reaches and gives its verdict; `intended` adds the rules
that it holds but cannot reach, and ours (`OSO.*`). A new version of the standard takes part with its table alone;
rules that came or went with it say so by `vanaf` and `tot`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chalicelib.gegevensset import (
    regels_aanvullend,
    regels_bestand,
    regels_blokken,
    regels_inhoud,
    regels_leerling,
    regels_resultaten,
)
from chalicelib.gegevensset.regel import REGELS, Bevinding, Context, Element, Knoop, Regel, tekst_van, veilig
from chalicelib.gegevensset.regels_codelijsten import Toets, onbekende_code, toetsen
from chalicelib.gegevensset.regels_uitlevering import regels_uitlevering
from chalicelib.gegevensset.tabel import Standaard

__all__ = ["Bevinding", "Modus", "alle_regels", "bevindingen", "familie_van"]

Modus = Literal["official", "intended"]
# each of these fills REGELS when it is imported
_MODULES = (regels_aanvullend, regels_bestand, regels_blokken, regels_inhoud, regels_leerling, regels_resultaten)
EENMALIG = {
    "dossier": ("metadata", "huidigeschool"),
    "metadata": ("categorie_uitlevering",),
    "huidigeschool": ("leerling",),
    "leerling": ("onderwijsondersteuning", "eindtoets_basisonderwijs"),
}
_FAMILIES = {"overstapdossier": "OVa", "overdrachtbinnenbrin": "OVb", "swv-dossier": "PaO"}


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules of one version, family and mode, by the tag they fire on."""

    tags: tuple[str, ...]
    toetsen: dict[str, Toets]
    regels: dict[str, tuple[Regel, ...]]
    skip: int


def alle_regels(standaard: Standaard) -> tuple[Regel, ...]:
    """Every rule of a version, of all families and both modes; the code lists are not among them."""
    return (*(regel for regel in REGELS if regel.geldt_in(standaard.versie)), *regels_uitlevering(standaard))


@lru_cache(maxsize=256)
def _plan(standaard: Standaard, familie: str, modus: Modus, zonder: frozenset[str]) -> Plan:
    regels: dict[str, tuple[Regel, ...]] = {}
    for regel in alle_regels(standaard):
        telt_mee = regel.officieel or modus == "intended"
        if telt_mee and familie in regel.families and regel.sleutel not in zonder:
            tag = f"{{{standaard.namespace}}}{regel.op.rpartition('/')[2]}"
            regels[tag] = (*regels.get(tag, ()), regel)
    codes = toetsen(standaard, zonder)
    return Plan(tuple({**codes, **regels}), codes, regels, len(standaard.namespace) + 2)


def familie_van(overdrachtsoort: str, blad: str = "") -> str:
    """The family of rules: the sheet is that of PaO if and only if it is exactly a swv-dossier.

    `blad` ("OV" or "PaO") asks for one sheet, whatever the dossier says of itself.
    """
    familie = _FAMILIES.get(overdrachtsoort, "OV")
    if blad == "PaO" or (blad == "OV" and familie == "PaO"):
        return blad
    return familie


def _context(root: Element, standaard: Standaard, blad: str) -> Context:
    skip = len(standaard.namespace) + 2
    knopen = {"dossier": Knoop(root, skip)}
    for ouder, namen in EENMALIG.items():
        for naam in namen if ouder in knopen else ():
            for kind in knopen[ouder].kinderen(naam):
                knopen.setdefault(naam, Knoop(kind, skip))
    metadata = knopen.get("metadata")
    familie = familie_van(knopen["dossier"].tekst("overdrachtsoort"), blad)
    return Context(standaard, familie, metadata.tekst("overstap") if metadata else "", knopen)


def bevindingen(
    root: Element,
    standaard: Standaard,
    modus: Modus = "official",
    blad: str = "",
    zonder: frozenset[str] = frozenset(),
) -> list[Bevinding]:
    """Everything the rules have to say of the tree below `root`, which need not be valid by the schema.

    `blad`: see `familie_van`. `zonder`: keys of rules (`Regel.sleutel`, or `CL.n`) that are left out.
    """
    context = _context(root, standaard, blad)
    plan = _plan(standaard, context.familie, modus, zonder)
    bekend = {knoop.element: knoop for knoop in context.knopen.values()}
    gevonden: list[Bevinding] = []
    for element in root.iter(*plan.tags):
        tag = element.tag
        toets = plan.toetsen.get(tag)
        if toets is not None and element.text not in toets.altijd_goed:
            gevonden.extend(onbekende_code(element, toets))
        regels = plan.regels.get(tag)
        if regels is not None:
            knoop = bekend.get(element) or Knoop(element, plan.skip)
            for regel in regels:
                oordeel = regel.oordeel(knoop, context)
                if oordeel:
                    gevonden.extend(_bevindingen(regel, knoop, oordeel))
    return gevonden


def _bevindingen(regel: Regel, knoop: Knoop, oordeel: bool | str) -> Iterator[Bevinding]:
    """One finding at each child the rule is about, or one at the element where that child is missing."""
    ouder, schuin, _ = regel.op.rpartition("/")
    eigen_ouder = knoop.element.getparent()
    if schuin and (eigen_ouder is None or not eigen_ouder.tag.endswith(f"}}{ouder}")):
        return
    tekst = oordeel if isinstance(oordeel, str) else regel.tekst
    for kind in knoop.kinderen(regel.kind):
        waarde = veilig(regel.kind, tekst_van(kind), geheim=knoop.waar("geheim"))
        yield Bevinding(kind, regel.code, tekst, regel.wat_nu, regel.toegestaan, waarde, ernst=regel.ernst)
    if regel.kind not in knoop:
        yield Bevinding(
            knoop.element, regel.code, tekst, regel.wat_nu, regel.toegestaan, kind=regel.kind, ernst=regel.ernst
        )
