"""The judgement of one dossier: structure and business rules, every fault at its place, all in one run.

Fast path: parse, the compiled schema, the rules in one pass. Only where the schema says no does the exact walk of
`structuur.py` look for the reasons; the rules run all the same.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.errors import Invalid, Melding
from chalicelib.gegevensset.bijlagen import bijlagebevindingen
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.lezen import LIMIET, lees_xml
from chalicelib.gegevensset.meldingen import MEESTE, als_meldingen, structuurbevindingen, structuurmeldingen
from chalicelib.gegevensset.plaats import Plaatsen, sleutel_van_pad
from chalicelib.gegevensset.regels import Modus, bevindingen
from chalicelib.gegevensset.structuur import standaard_van_wortel
from chalicelib.gegevensset.tabel import Standaard, standaard
from chalicelib.gegevensset.vorm import vorm

_GEEN_DOSSIER: Final = {
    "TE_GROOT": "Verwijder grote bijlagen of verklein ze.",
    "XML_ONLEESBAAR": "Controleer of dit het juiste bestand is en of het volledig is; sla het op als UTF-8.",
    "XML_DTD": "Laat de leverancier het dossier zonder DTD opslaan.",
    "NAAMRUIMTE_ONBEKEND": "Controleer of dit een OSO-dossier is, en van welke versie van de gegevensset.",
    "WORTEL_ONBEKEND": "Bied elk dossier als een eigen bestand aan.",
}


@dataclass(frozen=True)
class Verslag:
    """What was found. `versie` and `profiel` are "" where the file does not say them."""

    versie: str
    profiel: str
    meldingen: tuple[Melding, ...] = field(repr=False)

    @property
    def geldig(self) -> bool:
        """Whether nothing of `meldingen` is a fault."""
        return not any(melding.is_fout for melding in self.meldingen)

    @property
    def is_dossier(self) -> bool:
        """Whether it is a dossier of a known version at all, valid or not."""
        return bool(self.versie)


def controleer(data: bytes, regels: Modus = "official", limiet: int = LIMIET, bijlagen: str = "") -> Verslag:
    """Judge the bytes of a dossier; never raises on what they hold. `limiet` in bytes.

    `official` gives the verdict of the official validator, `intended` that of the rules as they are meant.
    `bijlagen` is the ernst of attachments that cannot be opened or are not allowed; "" leaves them closed.
    """
    try:
        wortel = lees_xml(data, limiet)
        tabel = standaard_van_wortel(wortel)
    except Invalid as fout:
        melding = Melding(fout.code, f"{fout.detail[:1].upper()}{fout.detail[1:]}.", wat_nu=_GEEN_DOSSIER[fout.code])
        return Verslag("", "", (melding,))
    plaatsen = Plaatsen(wortel, tabel)
    gevonden = structuurbevindingen(wortel, tabel, plaatsen, ruim=regels == "official")
    if len(gevonden) <= MEESTE:
        gezegd = {(bevinding.element, bevinding.kind) for bevinding in gevonden}  # one mistake, one Melding
        van_regels = bevindingen(wortel, tabel, regels)
        gevonden += [bevinding for bevinding in van_regels if (bevinding.element, bevinding.kind) not in gezegd]
    if bijlagen:
        gevonden += bijlagebevindingen(wortel, tabel, bijlagen)
    return Verslag(tabel.versie, profiel_van(wortel, tabel), als_meldingen(gevonden, plaatsen))


def controleer_waarden(dossier: dict[str, Any], versie: str) -> tuple[Melding, ...]:
    """The structural judgement of dossier JSON: unknown and missing names, wrong shapes, malformed values.

    Raises Invalid("STANDAARDVERSIE_ONBEKEND") and nothing else.
    """
    tabel = standaard(versie)
    schoon, meldingen = vorm(dossier, tabel)
    wortel = lees_xml(encode(schoon, versie), limiet=2**40)
    gezegd = tuple(f"{melding.pad}/" for melding in meldingen)
    gevolg = structuurmeldingen(wortel, tabel)
    meldingen += [melding for melding in gevolg if not f"{melding.pad}/".startswith(gezegd)]
    return tuple(sorted(meldingen, key=lambda melding: sleutel_van_pad(melding.pad, tabel)))


def profiel_van(wortel: etree._Element, tabel: Standaard) -> str:
    """The profile that a dossier says it has, or "" where overdrachtsoort and overstap name none."""
    kop = f"{{{tabel.namespace}}}"
    soort = wortel.findtext(f"{kop}overdrachtsoort") or ""
    overstap = wortel.findtext(f"{kop}metadata/{kop}overstap") or ""
    return next(
        (profiel.value for profiel in Profiel if (profiel.overdrachtsoort, profiel.overstap) == (soort, overstap)), ""
    )
