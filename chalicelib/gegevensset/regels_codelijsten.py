"""The code lists: rule `CL.n` says that a text is not exactly one of the codes of list n (business rules 1.1).

Compared as text: no blanks around a code, no `01` for `1`, whatever the type of the field in the schema.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.gegevensset.regel import Bevinding, Element, tekst_van, veilig
from chalicelib.gegevensset.tabel import Codelijst, Standaard
from chalicelib.gegevensset.tabel import Element as Veld

_NIET_GECONTROLEERD = ("leerjaar",)  # has the codes of list 13, but the official validator does not test it
_MEESTE = 12


@dataclass(frozen=True, slots=True)
class Toets:
    """What a field of one name may hold. `altijd_goed`: codes that fit whatever its parent is."""

    altijd_goed: frozenset[str]
    per_ouder: dict[str, tuple[Veld, Codelijst]]


def toetsen(standaard: Standaard, zonder: frozenset[str] = frozenset()) -> dict[str, Toets]:
    """Per tag the codes that it may hold; `zonder` names rules (`CL.23`) that are left out."""
    gevonden: dict[str, dict[str, tuple[Veld, Codelijst]]] = {}
    for ouder in standaard.wortel.alle():
        for veld in ouder.kinderen:
            if veld.codelijst is None or veld.naam in _NIET_GECONTROLEERD or f"CL.{veld.codelijst}" in zonder:
                continue
            per_ouder = gevonden.setdefault(f"{{{standaard.namespace}}}{veld.naam}", {})
            per_ouder[f"{{{standaard.namespace}}}{ouder.naam}"] = (veld, standaard.codelijsten[veld.codelijst])
    return {
        tag: Toets(frozenset.intersection(*(frozenset(lijst.codes) for _, lijst in per_ouder.values())), per_ouder)
        for tag, per_ouder in gevonden.items()
    }


def onbekende_code(element: Element, toets: Toets) -> Iterator[Bevinding]:
    """The exact judgement of one element that `altijd_goed` did not clear."""
    ouder = element.getparent()
    veld, lijst = toets.per_ouder.get(ouder.tag if ouder is not None else "", (None, None))
    if veld is None or lijst is None:
        return
    tekst = tekst_van(element)
    if tekst in lijst.codes:
        return
    bedoeld = next((code for code in lijst.codes if _grof(code) == _grof(tekst)), "")
    yield Bevinding(
        element,
        f"CL.{lijst.nummer}",
        f"Deze waarde bestaat niet voor {veld.label}." if tekst else f"De waarde voor {veld.label} is leeg.",
        f"Bedoelde u {bedoeld}? Kies anders een van de toegestane waarden."
        if bedoeld
        else "Kies een van de toegestane waarden.",
        toegestaan=opsomming(lijst),
        waarde=veilig(veld.naam, tekst),
    )


def _grof(code: str) -> str:
    return code.strip().lstrip("0").casefold()


def opsomming(lijst: Codelijst) -> str:
    """The codes with their descriptions, a long list cut short."""
    codes = [f"{code} ({tekst})" if tekst else code for code, tekst in lijst.codes.items()]
    rest = len(codes) - _MEESTE
    return ", ".join(codes[:_MEESTE]) + (f" en nog {rest} andere" if rest > 0 else "")
