"""Collect a dossier: freeze the record, the card and the choice into a version with XML and PDF (ch. 3, 4)."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from chalicelib.domain import teksten
from chalicelib.domain.document import Documentstatus
from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.mutatielog import Actie, Mutatie
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Melding, Refused
from chalicelib.flows import Werk, eis_ongewijzigd
from chalicelib.flows.keuring import PAS_BIJ_KLAARZETTEN, keur, meldingen_van
from chalicelib.flows.leerlingen import haal_record
from chalicelib.flows.leerlingmap import dossier_pdf, vorige_pdf
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.blokken import controleer_blokken
from chalicelib.gegevensset.codec import Waarden, decode, encode
from chalicelib.gegevensset.keuze import Keuze, heeft_toelichting, kent_toelichting, standaardkeuze
from chalicelib.gegevensset.leestekst import bijlagen_met_nummer
from chalicelib.gegevensset.samenstellen import (
    Aandacht,
    Samenstelling,
    inhoud_hash,
    kent_aandachtspunten,
    met_aandachtspunten,
    met_pdf,
    nummer_van,
    pdf_naam,
    stel_samen,
    verwerk,
)
from chalicelib.gegevensset.tabel import Standaard, standaard
from chalicelib.gegevensset.weglaten import leerling_van
from chalicelib.store import herhaal
from chalicelib.store.tabel import Write

Wijziging = Callable[[Invulling], Invulling]

XML = "dossier.xml"
PDF = "dossier.pdf"


@dataclass(frozen=True)
class Verzameld:
    """What collecting gives back: the card, the exact text, remarks, and what was left out."""

    dossier: Dossier
    tekst: str
    meldingen: tuple[Melding, ...]
    samenstelling: Samenstelling

    @property
    def toetsen_weg(self) -> int:
        """How many tests were too old for a POVO dossier (OVa.TR04, 15.31)."""
        return sum(weg.aantal for weg in self.samenstelling.weggelaten if weg.code == "TOETS_TE_OUD")


def verzamel(werk: Werk, leerling_id: str, profiel: Profiel, *, alle_toetsen: bool = False) -> Verzameld:
    """Collect for `profiel` (R33, R40-R48); `alle_toetsen` takes every test, whatever was ticked (R79).

    Raises Refused: PROFIEL_PAST_NIET, BLOKKEN_ONJUIST, ADVIES_VO_ONTBREEKT, DIRECTEUR_ONTBREEKT, DOSSIER_ONGELDIG,
    DOSSIER_TE_GROOT, STANDAARDVERSIE_ANDERS.
    """

    def poging() -> Verzameld:
        oud, school = werk.lees(leerling_id)
        if profiel.binnen_brin != oud.invulling.binnen_brin:
            raise Refused("PROFIEL_PAST_NIET", meldingen=[teksten.melding("PROFIEL_PAST_NIET", pad="/overdracht")])
        klaar, bewaard = maak_versie(werk, oud, school, profiel, alle_toetsen=alle_toetsen)
        vervalt = [teksten.melding("INZAGE_OPNIEUW", ernst="waarschuwing")] if oud.invulling.inzage.vastgelegd else []
        writes = (*bewaard, *werk.ook([*vervalt, *klaar.meldingen], klaar.toetsen_weg))
        return replace(klaar, dossier=werk.stores.commit(verzameling(werk, klaar.dossier), oud, klaar.dossier, *writes))

    return herhaal(poging)


def maak_versie(
    werk: Werk, kaart: Dossier, school: School, profiel: Profiel, *, alle_toetsen: bool = False, klaar: bool = False
) -> tuple[Verzameld, tuple[Write, ...]]:
    """Make a version of a card, and write its objects: what came of it, and the writes that remember the version.

    The card itself is written by the caller. `klaar`: it is set ready in the same act, so what is asked only then is
    asked now. Raises as `verzamel`.
    """
    selectie = kaart.selectie(profiel)
    selectie = selectie.alle_toetsen() if alle_toetsen else selectie
    tabel, samenstelling, keuze = _stel_samen(werk, kaart, school, profiel, selectie)
    versie = Versie(
        nummer=kaart.laatste_nummer + 1,
        profiel=profiel,
        standaardversie=tabel.versie,
        map=werk.stores.inhoud.nieuwe_map(werk.school, kaart.leerling_id),
        inhoud_hash=inhoud_hash(samenstelling.dossier, tabel),
        verzend_hash="",
        verzameld_op=werk.nu,
        record_hash=kaart.record_hash,
        blokken=tuple(sorted(keuze)),
        gegevens_hash=kaart.gegevens_hash,
    )
    later = frozenset[str]() if klaar else PAS_BIJ_KLAARZETTEN
    versie, meldingen, grootte = _schrijf(werk, samenstelling.dossier, tabel, versie, later)
    nieuw = kaart.verzamel(versie)
    pdf = dossier_pdf(werk, nieuw, pdf_naam(samenstelling.dossier, werk.nu.date()), grootte)
    tekst = teksten.verzameld(nieuw.naam, profiel.overstap, binnen_brin=profiel.binnen_brin)
    bewaard = (
        werk.stores.leg_versie_vast(nieuw),
        werk.stores.leg_document_vast(pdf),
    )
    return Verzameld(nieuw, tekst, (*samenstelling.meldingen, *meldingen), samenstelling), bewaard


def verzameling(werk: Werk, nieuw: Dossier, gevolgen: Iterable[Melding] = ()) -> Mutatie:
    """The log entry of a collection; `gevolgen`: of what changed on the card in the same act."""
    versie = eis_versie(nieuw)
    details = {"versie": versie.nummer, "profiel": versie.profiel.value, "inhoudHash": versie.inhoud_hash}
    return werk.mutatie(Actie.VERZAMELD, nieuw.onderwerp, **details, **_in_log(gevolgen))


def _in_log(gevolgen: Iterable[Melding]) -> dict[str, str]:
    """What a change did to a dossier, by its codes (15.4, 15.39); nothing, nothing is said."""
    codes = ",".join(melding.code for melding in gevolgen)
    return {"gevolgen": codes} if codes else {}


def controle(werk: Werk, leerling_id: str, profiel: Profiel) -> tuple[Melding, ...]:
    """Every remark that collecting would give, without doing it."""
    dossier = werk.stores.dossier(werk.school, leerling_id)
    school = werk.stores.school(werk.school)
    tabel, samenstelling, _ = _stel_samen(werk, dossier, school, profiel)
    return (*samenstelling.meldingen, *meldingen_van(encode(samenstelling.dossier, tabel.versie)))


def vul_in(werk: Werk, leerling_id: str, wijzig: Wijziging, if_match: str) -> tuple[Dossier, tuple[Melding, ...]]:
    """Save the card (R31): the stored dossier follows contact, inzage and aandachtspunten, and nothing else does."""

    def poging() -> tuple[Dossier, tuple[Melding, ...]]:
        oud, school = werk.lees(leerling_id)
        eis_ongewijzigd(if_match, kaart_etag(oud))
        tabel = standaard(oud.versie.standaardversie if oud.versie and oud.verzameld else school.standaardversie)
        reizen = kent_aandachtspunten(tabel)
        nieuw, gevolgen = oud.vul_in(wijzig(oud.invulling), werk.nu, aandachtspunten_reizen=reizen)
        nieuw, bewaard = _werk_bij(werk, oud, nieuw, school, tabel)
        inzage = nieuw.invulling.inzage != oud.invulling.inzage and nieuw.invulling.inzage.gegeven
        mutatie = werk.mutatie(
            Actie.INZAGE_VASTGELEGD if inzage else Actie.KAART_OPGESLAGEN,
            nieuw.onderwerp,
            **_inhoud_in_log(oud, nieuw, inzage=inzage),
            **_in_log(gevolgen),
            status=nieuw.status.value,
        )
        return werk.stores.commit(mutatie, oud, nieuw, *bewaard, *werk.ook(gevolgen)), gevolgen

    return herhaal(poging)


def _inhoud_in_log(oud: Dossier, nieuw: Dossier, *, inzage: bool) -> dict[str, str | int]:
    """Which content was seen; and the number of a version that saving made (15.2)."""
    if nieuw.versie is None:
        return {}
    nummer = {"versie": nieuw.versie.nummer} if oud.laatste_nummer != nieuw.laatste_nummer else {}
    return nummer | {"inhoudHash": nieuw.versie.inhoud_hash} if inzage or nummer else {}


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


def _stel_samen(
    werk: Werk, dossier: Dossier, school: School, profiel: Profiel, selectie: Selectie | None = None
) -> tuple[Standaard, Samenstelling, frozenset[str]]:
    if dossier.record_versie != school.standaardversie:
        raise Refused("STANDAARDVERSIE_ANDERS", meldingen=[teksten.melding("STANDAARDVERSIE_ANDERS")])
    tabel = standaard(school.standaardversie)
    record = haal_record(werk, dossier).dossier
    keuze = keuze_van(werk, dossier, record, tabel, selectie or dossier.selectie(profiel))
    controleer_blokken(tabel, profiel, keuze.blokken)
    inhoud = stel_samen(record, tabel, dossier, school, profiel, keuze, werk.nu.date())
    waarschuwingen = _nummer_in_bijlagen(record, inhoud.dossier, tabel)
    return tabel, replace(inhoud, meldingen=(*inhoud.meldingen, *waarschuwingen)), keuze.blokken


def _nummer_in_bijlagen(record: Waarden, dossier: Waarden, tabel: Standaard) -> tuple[Melding, ...]:
    """A warning for each attachment whose readable text holds the pupil's number (15.34)."""
    nummer = nummer_van(record)
    plekken = bijlagen_met_nummer(dossier, tabel, nummer[1]) if nummer else ()
    return tuple(teksten.melding("NUMMER_IN_BIJLAGE", pad=pad, ernst="waarschuwing") for pad in plekken)


def keuze_van(werk: Werk, dossier: Dossier, record: Waarden, tabel: Standaard, selectie: Selectie) -> Keuze:
    """What was ticked, with the documents that were chosen from the leerlingmap; a text forces its block on (15.2)."""
    blokken = selectie.gekozen(standaardkeuze(tabel, selectie.profiel, record))
    if selectie.toelichting and not kent_toelichting(tabel):
        raise Refused("TOELICHTING_BESTAAT_NIET", meldingen=[_bij_toelichting("TOELICHTING_BESTAAT_NIET")])
    if selectie.toelichting and heeft_toelichting(record) and not selectie.toelichting_vervangen:
        raise Refused("TOELICHTING_BESTAAT_AL", meldingen=[_bij_toelichting("TOELICHTING_BESTAAT_AL")])
    if dossier.invulling.aandachtspunten and kent_aandachtspunten(tabel):
        blokken |= {"overstapadvies"}
    return Keuze(
        blokken=blokken,
        toetsen_uit=frozenset(selectie.toetsen_uit),
        plannen_uit=frozenset(selectie.plannen_uit),
        bijlagen=tuple(als_bijlage(werk, dossier, id_) for id_ in selectie.bijlagen),
        toelichting=als_bijlage(werk, dossier, selectie.toelichting) if selectie.toelichting else None,
    )


def als_bijlage(werk: Werk, dossier: Dossier, document_id: str) -> Waarden:
    """A document of the leerlingmap as it travels: base64 of a ZIP with one entry."""
    document = werk.stores.document(werk.school, dossier.leerling_id, document_id)
    if document.status is not Documentstatus.BESCHIKBAAR:
        raise Refused(
            "DOCUMENT_NIET_BESCHIKBAAR", meldingen=[teksten.melding("DOCUMENT_NIET_BESCHIKBAAR", pad="/bijlagen")]
        )
    data = werk.stores.inhoud.get(document.map, document.object)
    # the name of a note holds a colon (R47a), which no entry of a ZIP may have
    bijlage = maak_bijlage(document.naam.replace(":", "."), data, document.omschrijving or "")
    return bijlage | {"bestandsnaam": document.naam}


def _bij_toelichting(code: str) -> Melding:
    return teksten.melding(code, pad="/toelichtingDocumentId")


def _schrijf(
    werk: Werk, dossier: Waarden, tabel: Standaard, versie: Versie, later: frozenset[str] = PAS_BIJ_KLAARZETTEN
) -> tuple[Versie, tuple[Melding, ...], int]:
    """Render the PDF, add it, check the whole and put both objects: bytes first, the row that points at them second."""
    from chalicelib.pdf import render  # 229 ms to import: only where a PDF is made

    pdf = render(dossier, tabel, inhoud_hash=versie.inhoud_hash, gemaakt_op=versie.verzameld_op.date())
    heel = (
        met_pdf(dossier, pdf, pdf_naam(dossier, versie.verzameld_op.date()))
        if "bijlagedocs" in versie.blokken
        else dossier
    )
    data = encode(heel, tabel.versie)
    meldingen = keur(heel, data, later)
    werk.stores.inhoud.put(versie.map, XML, data)
    werk.stores.inhoud.put(versie.map, PDF, pdf)
    return replace(versie, verzend_hash=hashlib.sha256(data).hexdigest()), meldingen, len(pdf)


def _contact_kan(dossier: Dossier, school: School) -> None:
    """A stored dossier that says "contact nodig" names the director: without one the card cannot say so (R64)."""
    if dossier.invulling.contact_nodig and not school.directeur_bekend:
        raise Refused("DIRECTEUR_ONTBREEKT", meldingen=[teksten.melding("DIRECTEUR_ONTBREEKT", pad="/contactNodig")])


def _werk_bij(
    werk: Werk, oud: Dossier, nieuw: Dossier, school: School, tabel: Standaard
) -> tuple[Dossier, tuple[Write, ...]]:
    """Bring the stored content up to the card (R31); aandachtspunten are content and make a new version (15.2).

    The card, and the writes that remember what was made. The leerlingmap holds the PDF of a version as it is now (R50).
    """
    if not nieuw.verzameld or oud.versie is None or _in_inhoud(oud.invulling) == _in_inhoud(nieuw.invulling):
        return nieuw, ()
    _contact_kan(nieuw, school)
    tekst = nieuw.invulling.aandachtspunten != oud.invulling.aandachtspunten and kent_aandachtspunten(tabel)
    aandacht = Aandacht(werk.nu.date(), _van_record(werk, nieuw, tabel)) if tekst else None
    dossier = verwerk(decode(lees_versie(werk, oud)).dossier, nieuw, school, aandacht)
    versie = replace(
        oud.versie,
        nummer=oud.laatste_nummer + 1 if tekst else oud.versie.nummer,
        map=werk.stores.inhoud.nieuwe_map(werk.school, oud.leerling_id),
        inhoud_hash=inhoud_hash(dossier, tabel),
        verzameld_op=werk.nu if tekst else oud.versie.verzameld_op,
        blokken=met_aandachtspunten(nieuw) if tekst else oud.versie.blokken,
    )
    if not tekst and versie.inhoud_hash != oud.versie.inhoud_hash:
        raise Refused("VERZAMEL_OPNIEUW", meldingen=[teksten.melding("VERZAMEL_OPNIEUW")])
    versie, _, grootte = _schrijf(werk, dossier, tabel, versie)
    nieuw = nieuw.verwerk(versie)
    pdf = dossier_pdf(werk, nieuw, pdf_naam(dossier, versie.verzameld_op.date()), grootte)
    eerder = () if tekst else vorige_pdf(werk, oud)
    return nieuw, (werk.stores.leg_versie_vast(nieuw), werk.stores.leg_document_vast(pdf), *eerder)


def _van_record(werk: Werk, kaart: Dossier, tabel: Standaard) -> str | None:
    """The aandachtspunten of the record, where the card has none and Overstapadvies was chosen (15.39)."""
    if kaart.invulling.aandachtspunten or kaart.record_versie != tabel.versie:
        return None
    record, profiel = haal_record(werk, kaart).dossier, eis_versie(kaart).profiel
    gekozen = kaart.selectie(profiel).gekozen(standaardkeuze(tabel, profiel, record))
    tekst: str | None = leerling_van(record).get("overstapadvies", {}).get("aandachtspunten")
    return tekst if "overstapadvies" in gekozen else None


def _in_inhoud(invulling: Invulling) -> tuple[object, ...]:
    return (
        invulling.contact_nodig,
        invulling.inzage if invulling.inzage.gegeven else None,  # of evidence under Nee nothing travels (15.9)
        invulling.aandachtspunten,
        invulling.voorlopig_dossier,
        invulling.toestemming,
    )
