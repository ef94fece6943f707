"""Collect a dossier: freeze the record, the card and the choice into a version with XML and PDF (ch. 3, 4)."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Invulling, Versie
from chalicelib.domain.gegevensblok import Profiel, controleer_keuze
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.school import School
from chalicelib.errors import Conflict, Invalid, Melding, Refused
from chalicelib.flows import Werk
from chalicelib.flows.leerlingen import haal_record
from chalicelib.gegevensset.codec import Waarden, decode, encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.samenstellen import (
    Samenstelling,
    inhoud_hash,
    kent_aandachtspunten,
    met_pdf,
    pdf_naam,
    standaardkeuze,
    stel_samen,
    verwerk,
)
from chalicelib.gegevensset.tabel import Standaard, standaard
from chalicelib.store import herhaal

Wijziging = Callable[[Invulling], Invulling]

XML = "dossier.xml"
PDF = "dossier.pdf"

# A Lambda reply is at most 6 MB as JSON, and JSON writes a quote or a newline as two characters (9b.8).
MAX_ANTWOORD = 5_000_000

# What the parents still have to say stands in the dossier only after the inzage: klaarzetten asks for it (R63).
_PAS_BIJ_KLAARZETTEN = frozenset({"OVa.IZ01", "OVa.IZ02", "OVa.IZ03", "OVa.IZ04"})


@dataclass(frozen=True)
class Verzameld:
    """What collecting gives back: the card, the exact text, remarks, and what was left out."""

    dossier: Dossier
    tekst: str
    meldingen: tuple[Melding, ...]
    samenstelling: Samenstelling


def verzamel(werk: Werk, leerling_id: str, profiel: Profiel) -> Verzameld:
    """Collect for `profiel` (R33, R40-R48). Raises Refused: PROFIEL_PAST_NIET, BLOKKEN_ONJUIST, DOSSIER_ONGELDIG, …"""

    def poging() -> Verzameld:
        oud = werk.stores.dossier(werk.school, leerling_id)
        school = werk.stores.school(werk.school)
        if profiel.binnen_brin != oud.invulling.binnen_brin:
            raise Refused("PROFIEL_PAST_NIET", meldingen=[teksten.melding("PROFIEL_PAST_NIET", pad="/overdracht")])
        tabel, samenstelling, keuze = _stel_samen(werk, oud, school, profiel)
        nieuw_map = werk.stores.inhoud.nieuwe_map(werk.school, leerling_id)
        versie = Versie(
            nummer=oud.laatste_nummer + 1,
            profiel=profiel,
            standaardversie=tabel.versie,
            map=nieuw_map,
            inhoud_hash=inhoud_hash(samenstelling.dossier, tabel),
            verzend_hash="",
            verzameld_op=werk.nu,
            record_hash=oud.record_hash,
            blokken=tuple(sorted(keuze)),
        )
        versie, meldingen = _schrijf(werk, samenstelling.dossier, tabel, versie)
        nieuw = oud.verzamel(versie)
        mutatie = werk.mutatie(
            Actie.VERZAMELD, nieuw.onderwerp, versie=versie.nummer, profiel=profiel.value, inhoudHash=versie.inhoud_hash
        )
        nieuw = werk.stores.commit(mutatie, oud, nieuw)
        tekst = teksten.verzameld(nieuw.naam, profiel.overstap, binnen_brin=profiel.binnen_brin)
        return Verzameld(nieuw, tekst, (*samenstelling.meldingen, *meldingen), samenstelling)

    return herhaal(poging)


def controle(werk: Werk, leerling_id: str, profiel: Profiel) -> tuple[Melding, ...]:
    """Every remark that collecting would give, without doing it."""
    dossier = werk.stores.dossier(werk.school, leerling_id)
    school = werk.stores.school(werk.school)
    tabel, samenstelling, _ = _stel_samen(werk, dossier, school, profiel)
    return (*samenstelling.meldingen, *_meldingen(encode(samenstelling.dossier, tabel.versie)))


def vul_in(werk: Werk, leerling_id: str, wijzig: Wijziging, if_match: str) -> tuple[Dossier, tuple[Melding, ...]]:
    """Save the card (R31): the stored dossier follows contact, inzage and aandachtspunten, and nothing else does."""

    def poging() -> tuple[Dossier, tuple[Melding, ...]]:
        oud = werk.stores.dossier(werk.school, leerling_id)
        if if_match not in ("*", kaart_etag(oud)):
            raise Conflict("INTUSSEN_GEWIJZIGD")
        school = werk.stores.school(werk.school)
        tabel = standaard(oud.versie.standaardversie if oud.versie else school.standaardversie)
        reizen = kent_aandachtspunten(tabel)
        nieuw, gevolgen = oud.vul_in(wijzig(oud.invulling), werk.nu, aandachtspunten_reizen=reizen)
        _contact_kan(nieuw, school)
        nieuw = _werk_bij(werk, oud, nieuw, school, tabel)
        inzage = nieuw.invulling.inzage != oud.invulling.inzage and nieuw.invulling.inzage.gegeven
        mutatie = werk.mutatie(
            Actie.INZAGE_VASTGELEGD if inzage else Actie.KAART_OPGESLAGEN,
            nieuw.onderwerp,
            **({"inhoudHash": nieuw.versie.inhoud_hash} if inzage and nieuw.versie else {}),
            status=nieuw.status.value,
        )
        return werk.stores.commit(mutatie, oud, nieuw), gevolgen

    return herhaal(poging)


def kaart_etag(dossier: Dossier) -> str:
    """The ETag of a card."""
    return f'"{dossier.version}"'


def eis_versie(dossier: Dossier) -> Versie:
    """The current version, or Refused("NIET_VERZAMELD") when there is none."""
    if dossier.versie is None:
        raise Refused("NIET_VERZAMELD", meldingen=[teksten.melding("NIET_VERZAMELD")])
    return dossier.versie


def lees_versie(werk: Werk, dossier: Dossier) -> bytes:
    """The bytes of the current version."""
    return werk.stores.inhoud.get(eis_versie(dossier).map, XML)


def controleer_fouten(data: bytes) -> tuple[Melding, ...]:
    """Every fault that the rules as written find in a dossier that is about to be opened (15.12, 15.37)."""
    return tuple(melding for melding in controleer(data, "intended").meldingen if melding.is_fout)


def _stel_samen(
    werk: Werk, dossier: Dossier, school: School, profiel: Profiel
) -> tuple[Standaard, Samenstelling, frozenset[str]]:
    if dossier.record_versie != school.standaardversie:
        raise Refused("STANDAARDVERSIE_ANDERS", meldingen=[teksten.melding("STANDAARDVERSIE_ANDERS")])
    tabel = standaard(school.standaardversie)
    record = haal_record(werk, dossier).dossier
    keuze = standaardkeuze(tabel, profiel, record)
    controleer_keuze({blok.naam: blok.eisen[profiel] for blok in tabel.blokken}, keuze)
    return tabel, stel_samen(record, tabel, dossier, school, profiel, keuze, werk.nu.date()), keuze


def _schrijf(werk: Werk, dossier: Waarden, tabel: Standaard, versie: Versie) -> tuple[Versie, tuple[Melding, ...]]:
    """Render the PDF, add it, check the whole and put both objects: bytes first, the row that points at them second."""
    from chalicelib.pdf import render  # 229 ms to import: only where a PDF is made

    pdf = render(dossier, tabel, inhoud_hash=versie.inhoud_hash, gemaakt_op=versie.verzameld_op.date())
    heel = (
        met_pdf(dossier, pdf, pdf_naam(dossier, versie.verzameld_op.date()))
        if "bijlagedocs" in versie.blokken
        else dossier
    )
    data = encode(heel, tabel.versie)
    meldingen = _meldingen(data)
    fouten = [melding for melding in meldingen if melding.is_fout]
    if fouten:
        raise Refused("DOSSIER_ONGELDIG", meldingen=fouten)
    if len(json.dumps(data.decode())) > MAX_ANTWOORD:
        raise Refused("DOSSIER_TE_GROOT", meldingen=list(_zwaarste(heel)))
    werk.stores.inhoud.put(versie.map, XML, data)
    werk.stores.inhoud.put(versie.map, PDF, pdf)
    return replace(versie, verzend_hash=hashlib.sha256(data).hexdigest()), meldingen


def _meldingen(data: bytes) -> tuple[Melding, ...]:
    return tuple(m for m in controleer(data, "intended").meldingen if m.code not in _PAS_BIJ_KLAARZETTEN)


def _zwaarste(waarde: object, pad: str = "/dossier") -> Iterable[Melding]:
    """The five heaviest attachments, by place and size."""
    gevonden = sorted(_documenten(waarde, pad), reverse=True)[:5]
    return [
        teksten.melding("DOSSIER_TE_GROOT", pad=plek, detail=f"Deze bijlage is {grootte // 1024} kB groot.")
        for grootte, plek in gevonden
    ]


def _documenten(waarde: object, pad: str) -> Iterable[tuple[int, str]]:
    if isinstance(waarde, list):
        for nummer, deel in enumerate(waarde, 1):
            yield from _documenten(deel, f"{pad}[{nummer}]")
    elif isinstance(waarde, dict):
        if "bestandsinhoud" in waarde:
            yield len(waarde["bestandsinhoud"]), pad
        for naam, deel in waarde.items():
            yield from _documenten(deel, f"{pad}/{naam}")


def _contact_kan(dossier: Dossier, school: School) -> None:
    """A stored dossier that says "contact nodig" names the director: without one the card cannot say so (R64)."""
    if (
        dossier.verzameld
        and dossier.invulling.contact_nodig
        and not (school.naam_directeur and school.telefoon_directeur)
    ):
        raise Refused("DIRECTEUR_ONTBREEKT", meldingen=[teksten.melding("DIRECTEUR_ONTBREEKT", pad="/contactNodig")])


def _werk_bij(werk: Werk, oud: Dossier, nieuw: Dossier, school: School, tabel: Standaard) -> Dossier:
    """Bring the stored content up to the card (R31); aandachtspunten are content and make a new version (15.2)."""
    if not nieuw.verzameld or oud.versie is None or _in_inhoud(oud.invulling) == _in_inhoud(nieuw.invulling):
        return nieuw
    tekst = nieuw.invulling.aandachtspunten != oud.invulling.aandachtspunten and kent_aandachtspunten(tabel)
    dossier = verwerk(decode(lees_versie(werk, oud)).dossier, nieuw, school, aandachtspunten=tekst)
    versie = replace(
        oud.versie,
        nummer=oud.laatste_nummer + 1 if tekst else oud.versie.nummer,
        map=werk.stores.inhoud.nieuwe_map(werk.school, oud.leerling_id),
        inhoud_hash=inhoud_hash(dossier, tabel),
    )
    if not tekst and versie.inhoud_hash != oud.versie.inhoud_hash:
        raise Invalid("VERZAMEL_OPNIEUW")
    versie, _ = _schrijf(werk, dossier, tabel, versie)
    return nieuw.verwerk(versie)


def _in_inhoud(invulling: Invulling) -> tuple[object, ...]:
    return (
        invulling.contact_nodig,
        invulling.inzage,
        invulling.aandachtspunten,
        invulling.voorlopig_dossier,
        invulling.toestemming,
    )
