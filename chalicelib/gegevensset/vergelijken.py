"""A received dossier beside the school's own record: a plan field by field, and what comes of it (15.21, R101, R102).

Pure. Nothing is overwritten unasked: where both have a value, the own one stays unless somebody chose otherwise.
Persons are matched by evidence (name, and birth date or sex where known), never by their position; tests, plans and
steps of a career by their whole content.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from chalicelib.gegevensset.codec import Waarden, kopie
from chalicelib.gegevensset.leesbaar import leaf
from chalicelib.gegevensset.tabel import Element, Standaard
from chalicelib.gegevensset.weglaten import leerling_van

LEERLING = "/dossier/huidigeschool/leerling"
# The sending school's own: its key of the pupil, its enrolment, its advice on the transfer it made (15.39).
_VAN_AFZENDER = {
    "leerlingid": "de sleutel van de leerling bij de vorige school",
    "datuminschrijving": "de inschrijving bij de vorige school",
    "datumuitschrijving": "de uitschrijving bij de vorige school",
}
_DOSSIER_PDF = re.compile(r"OSO-[0-9]{2}[A-Z]{2}-.+\.pdf")
_NUMMERS = frozenset({"bsn", "onderwijsnummer"})
_GEHEIM = _NUMMERS | {"bestandsinhoud"}
_LANGSTE = 120  # characters of a value on a screen


class Keus(StrEnum):
    """What happens to a field."""

    NEEM_OVER = "NEEM_OVER"
    BEHOUD = "BEHOUD"
    KAN_NIET = "KAN_NIET"


@dataclass(frozen=True)
class Planregel:
    """One field or part: where, what both sides have, what we propose and why."""

    pad: str
    label: str
    ontvangen: str
    eigen: str
    voorstel: Keus
    reden: str
    stappen: tuple[tuple[str, int | None], ...] = field(default=(), repr=False)
    waarde: Any = field(default=None, repr=False)
    erbij: bool = False
    """Whether it is one more part of a list, not the value of a field."""
    in_plaats_van: str = field(default="", repr=False)
    """The own field that cannot stand beside it: of a choice the standard allows one."""


class _Verschil(NamedTuple):
    """A line of the plan before it is worded; `wat` is only a name where the own version has no such element."""

    pad: str
    wat: Element | str
    nieuw: Any
    oud: Any
    voorstel: Keus
    reden: str
    stappen: tuple[tuple[str, int | None], ...] = ()
    erbij: bool = False
    in_plaats_van: str = ""


_GEEN_PLAATS = "bestaat niet in de eigen standaardversie"


def maak_plan(ontvangen: Waarden, eigen: Waarden | None, tabel: Standaard) -> tuple[Planregel, ...]:
    """Every field of the received dossier that the own record has not, or has otherwise, in the order of the standard.

    `eigen` is None for a new pupil. `tabel` is that of the own record: what it has no place for cannot be taken over.
    """
    element = tabel.wortel.bij_naam["huidigeschool"].bij_naam["leerling"]
    nieuw = leerling_van(_zonder_dossier_pdf(ontvangen))
    oud = leerling_van(eigen) if eigen else {}
    return tuple(_planregel(tabel, verschil) for verschil in _vergelijk(nieuw, oud, element, LEERLING, ()))


def pas_toe(plan: tuple[Planregel, ...], eigen: Waarden, keuzes: Mapping[str, Keus]) -> Waarden:
    """The own record with what was taken over: the proposal, unless `keuzes` (by pad) says otherwise."""
    dossier = kopie(eigen)
    for regel in plan:
        if regel.voorstel is Keus.KAN_NIET or keuzes.get(regel.pad, regel.voorstel) is not Keus.NEEM_OVER:
            continue
        _zet(leerling_van(dossier), regel)
    return dossier


def nieuw_record(ontvangen: Waarden) -> Waarden:
    """What a new pupil starts with: the received dossier, without what is the sender's and without their PDF."""
    dossier = _zonder_dossier_pdf(ontvangen)
    dossier.pop("inzage", None)
    for veld in _VAN_AFZENDER:
        leerling_van(dossier).pop(veld, None)
    return dossier


def _zonder_dossier_pdf(ontvangen: Waarden) -> Waarden:
    """Without the PDF that a school adds of the dossier itself (R51): it belongs to that dossier, not to the pupil."""
    dossier = kopie(ontvangen)
    leerling = leerling_van(dossier)
    alle = leerling.get("overigdocumentlijst", {}).get("document", [])
    blijft = [document for document in alle if not _DOSSIER_PDF.fullmatch(document["bestandsnaam"])]
    if len(blijft) < len(alle):
        leerling["overigdocumentlijst"] = {"document": blijft}
        if not blijft:
            del leerling["overigdocumentlijst"]
    return dossier


def _vergelijk(
    nieuw: Waarden, oud: Waarden, blok: Element, pad: str, stappen: tuple[tuple[str, int | None], ...]
) -> Iterator[_Verschil]:
    for naam in (*(k.naam for k in blok.kinderen if k.naam in nieuw), *(n for n in nieuw if n not in blok.bij_naam)):
        waarde, plek = nieuw[naam], f"{pad}/{naam}"
        kind = blok.bij_naam.get(naam)
        if kind is None:
            yield _Verschil(plek, naam, waarde, None, Keus.KAN_NIET, _GEEN_PLAATS)
        elif pad == LEERLING and naam in _NUMMERS and oud.keys() & _NUMMERS:
            if oud.get(naam) != waarde:
                reden = "het nummer van de leerling wordt niet vervangen"
                yield _Verschil(plek, kind, waarde, oud, Keus.KAN_NIET, reden)
        elif pad == LEERLING and naam in _VAN_AFZENDER:
            reden = f"hoort bij de afzender: {_VAN_AFZENDER[naam]}"
            yield _Verschil(plek, kind, waarde, oud.get(naam), Keus.KAN_NIET, reden)
        elif kind.herhaalt:
            yield from _vergelijk_lijst(waarde, oud.get(naam, []), kind, plek, (*stappen, (naam, None)))
        elif kind.is_blok and not kind.heeft_groep and naam in oud:
            yield from _vergelijk(waarde, oud[naam], kind, plek, (*stappen, (naam, None)))
        elif ander := next(
            (k for k in blok.kinderen if kind.keuze == k.keuze != "" and k.naam in oud.keys() - {naam}), None
        ):
            reden = f"de eigen gegevens hebben {ander.label}; daar past dit niet naast"
            plaats = (*stappen, (naam, None))
            yield _Verschil(plek, kind, waarde, None, Keus.BEHOUD, reden, plaats, in_plaats_van=ander.naam)
        else:
            yield from _veld(plek, kind, waarde, oud.get(naam), (*stappen, (naam, None)))


def _veld(
    pad: str, kind: Element, nieuw: Any, oud: Any, stappen: tuple[tuple[str, int | None], ...]
) -> Iterator[_Verschil]:
    weg: list[_Verschil] = []
    past = _passend(nieuw, kind, pad, weg)
    voorstel, reden = (Keus.NEEM_OVER, "nog leeg") if oud is None else (Keus.BEHOUD, "de eigen waarde is anders")
    if past != oud and (past or not weg):
        yield _Verschil(pad, kind, past, oud, voorstel, reden, stappen)
    yield from weg


def _passend(waarde: Any, element: Element, pad: str, weg: list[_Verschil]) -> Any:
    """The part of a value that the own version of the standard has a place for; the rest is added to `weg`."""
    if not element.is_blok:
        return waarde
    if isinstance(waarde, list):
        delen = [(_passend(deel, element, f"{pad}[{n}]", weg), deel) for n, deel in enumerate(waarde, 1)]
        return [past for past, deel in delen if past or not deel]
    blijft: Waarden = {}
    for naam, onder in waarde.items():
        kind = element.bij_naam.get(naam)
        if kind is None:
            weg.append(_Verschil(f"{pad}/{naam}", naam, onder, None, Keus.KAN_NIET, _GEEN_PLAATS))
        elif (past := _passend(onder, kind, f"{pad}/{naam}", weg)) or not onder:
            blijft[naam] = past
    return blijft


def _vergelijk_lijst(
    nieuw: list[Any], oud: list[Any], kind: Element, pad: str, stappen: tuple[tuple[str, int | None], ...]
) -> Iterator[_Verschil]:
    """Each part finds its own counterpart, once; without one it is an addition."""
    zelfde = _ZELFDE.get(kind.naam, _gelijk)
    vrij = list(range(len(oud)))
    for nummer, heel in enumerate(nieuw, 1):
        plek, weg = f"{pad}[{nummer}]", list[_Verschil]()
        deel = _passend(heel, kind, plek, weg)
        bij = next((n for hoe in (_gelijk, zelfde) for n in vrij if hoe(deel, oud[n])), None)
        if bij is None:
            reden = "komt bij de eigen gegevens nog niet voor"
            if deel or not weg:
                yield _Verschil(plek, kind, deel, None, Keus.NEEM_OVER, reden, stappen, erbij=True)
        else:
            vrij.remove(bij)
            if kind.is_blok and isinstance(deel, dict):
                yield from _vergelijk(deel, oud[bij], kind, plek, (*stappen[:-1], (kind.naam, bij)))
        yield from weg


def _gelijk(een: Any, ander: Any) -> bool:
    return json.dumps(een, sort_keys=True) == json.dumps(ander, sort_keys=True)


def _zelfde_persoon(een: Waarden, ander: Waarden) -> bool:
    """The same family name, a given name (or the initials) in common, and nothing that speaks against it."""
    if _vouw(een.get("achternaam")) != _vouw(ander.get("achternaam")):
        return False
    if any(veld in een and veld in ander and een[veld] != ander[veld] for veld in ("geslacht", "geboortedatum")):
        return False
    namen = [
        {*map(_vouw, persoon.get("voornaam", [])), _vouw(persoon.get("roepnaam"))} - {""} for persoon in (een, ander)
    ]
    if namen[0] and namen[1]:
        return bool(namen[0] & namen[1])
    letters = [_vouw(persoon.get("voorletters-1")).replace(".", "") for persoon in (een, ander)]
    return bool(letters[0]) and letters[0] == letters[1]


def _zelfde_nummer(een: Waarden, ander: Waarden) -> bool:
    return (een.get("soort"), een.get("nummer")) == (ander.get("soort"), ander.get("nummer"))


def _zelfde_adres(een: Waarden, ander: Waarden) -> bool:
    return een.get("soortadres") == ander.get("soortadres")


def _zelfde_document(een: Waarden, ander: Waarden) -> bool:
    return een.get("bestandsinhoud") == ander.get("bestandsinhoud")


_ZELFDE: dict[str, Callable[[Any, Any], bool]] = {
    "verzorger": _zelfde_persoon,
    "arts": _zelfde_persoon,
    "communicatie": _zelfde_nummer,
    "adres": _zelfde_adres,
    "document": _zelfde_document,
}


def _vouw(tekst: Any) -> str:
    return str(tekst or "").strip().casefold()


def _planregel(tabel: Standaard, v: _Verschil) -> Planregel:
    if isinstance(v.wat, str):
        return Planregel(v.pad, v.wat, _afgekapt(_kaal(v.nieuw)), "", v.voorstel, v.reden)
    label, nieuw, oud = v.wat.label, _kort(tabel, v.wat, v.nieuw), _kort(tabel, v.wat, v.oud)
    return Planregel(v.pad, label, nieuw, oud, v.voorstel, v.reden, v.stappen, v.nieuw, v.erbij, v.in_plaats_van)


def _kort(tabel: Standaard, element: Element, waarde: Any) -> str:
    """A value for a screen, as on paper: numbers and attachments are never shown, blocks by their first words."""
    if waarde is None:
        return ""
    if element.naam in _GEHEIM:
        return "…"
    return _afgekapt(", ".join(filter(None, _woorden(tabel, element, waarde))))


def _afgekapt(tekst: str) -> str:
    return tekst if len(tekst) <= _LANGSTE else f"{tekst[: _LANGSTE - 1]}…"


def _woorden(tabel: Standaard, element: Element, waarde: Any) -> Iterator[str]:
    if not element.is_blok:
        yield leaf(tabel, element, waarde)
        return
    for deel in waarde if isinstance(waarde, list) else [waarde]:
        for naam, onder in deel.items():
            if naam not in _GEHEIM:
                kind = element.bij_naam.get(naam)
                yield from _woorden(tabel, kind, onder) if kind else (_kaal(onder),)


def _kaal(waarde: Any) -> str:
    """What the own version of the standard has no element for: as it came."""
    if isinstance(waarde, dict):
        return ", ".join(filter(None, (_kaal(deel) for naam, deel in waarde.items() if naam not in _GEHEIM)))
    return ", ".join(filter(None, map(_kaal, waarde))) if isinstance(waarde, list) else str(waarde)


def _zet(waarden: Waarden, regel: Planregel) -> None:
    """Put what was received where the steps lead: over a value, or as one more part of a list."""
    *onderweg, (naam, _) = regel.stappen
    for stap, nummer in onderweg:
        waarden = waarden.setdefault(stap, {}) if nummer is None else waarden[stap][nummer]
    if regel.erbij:
        waarden.setdefault(naam, []).append(kopie(regel.waarde))
    else:
        waarden.pop(regel.in_plaats_van, None)
        waarden[naam] = kopie(regel.waarde)
