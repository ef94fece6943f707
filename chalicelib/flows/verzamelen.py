"""Collect a dossier: freeze the record, the card and the choice into a version with XML and PDF (ch. 3, 4)."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.mutatielog import Actie, Mutatie
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Melding, Refused
from chalicelib.flows import Werk, eis_ongewijzigd
from chalicelib.flows.keuring import PAS_BIJ_KLAARZETTEN, keur, meldingen_van, te_groot
from chalicelib.flows.keuze import eis_standaard, gekozen_blokken, houdbaar, keuze_van
from chalicelib.flows.leerlingen import haal_record
from chalicelib.flows.leerlingmap import dossier_pdf, vorige_pdf
from chalicelib.gegevensset.codec import Waarden, decode, encode
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

    Raises Refused: PROFIEL_PAST_NIET, DOCUMENT_WEG, TOELICHTING_BESTAAT_AL, TOELICHTING_BESTAAT_NIET,
    ADVIES_VO_ONTBREEKT, DIRECTEUR_ONTBREEKT, DOSSIER_ONGELDIG, DOSSIER_TE_GROOT, STANDAARDVERSIE_ANDERS.
    """

    def poging() -> Verzameld:
        oud, school = werk.lees(leerling_id)
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
    if fouten := [melding for melding in samenstelling.meldingen if melding.is_fout]:
        raise Refused(fouten[0].code, meldingen=fouten)
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
    """Every remark that collecting would give, without doing it: all at once, also what would stop it."""
    kaart, school = werk.lees(leerling_id)
    tabel, inhoud, blokken = _stel_samen(werk, kaart, school, profiel, kaart.selectie(profiel))
    hash_ = inhoud_hash(inhoud.dossier, tabel)
    heel, data, _ = _als_bestand(inhoud.dossier, tabel, hash_, werk.nu.date(), blokken)
    return (*inhoud.meldingen, *meldingen_van(data), *te_groot(heel, data))


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
    werk: Werk, kaart: Dossier, school: School, profiel: Profiel, selectie: Selectie
) -> tuple[Standaard, Samenstelling, frozenset[str]]:
    """What would be collected; its meldingen hold what keeps it from that too."""
    tabel = eis_standaard(kaart, school)
    record = haal_record(werk, kaart).dossier
    documenten = werk.stores.documenten(werk.school, kaart.leerling_id) if selectie.documenten else []
    selectie, vervallen = houdbaar(documenten, record, tabel, selectie)
    keuze = keuze_van(werk, kaart, record, tabel, selectie)
    inhoud = stel_samen(record, tabel, kaart, school, profiel, keuze, werk.nu.date())
    meldingen = (
        *_past_niet(kaart, profiel),
        *vervallen,
        *inhoud.meldingen,
        *_nummer_in_bijlagen(record, inhoud.dossier, tabel),
        *kaart.mist_voor_klaarzetten(school),
    )
    return tabel, replace(inhoud, meldingen=meldingen), keuze.blokken


def _past_niet(kaart: Dossier, profiel: Profiel) -> list[Melding]:
    past = profiel.binnen_brin == kaart.invulling.binnen_brin
    return [] if past else [teksten.melding("PROFIEL_PAST_NIET", pad="/overdracht")]


def _nummer_in_bijlagen(record: Waarden, dossier: Waarden, tabel: Standaard) -> tuple[Melding, ...]:
    """A warning for each attachment whose readable text holds the pupil's number (15.34)."""
    nummer = nummer_van(record)
    plekken = bijlagen_met_nummer(dossier, tabel, nummer[1]) if nummer else ()
    return tuple(teksten.melding("NUMMER_IN_BIJLAGE", pad=pad, ernst="waarschuwing") for pad in plekken)


def _schrijf(
    werk: Werk, dossier: Waarden, tabel: Standaard, versie: Versie, later: frozenset[str] = PAS_BIJ_KLAARZETTEN
) -> tuple[Versie, tuple[Melding, ...], int]:
    """Check the whole and put both objects: bytes first, the row that points at them second."""
    op = versie.verzameld_op.date()
    heel, data, pdf = _als_bestand(dossier, tabel, versie.inhoud_hash, op, versie.blokken)
    meldingen = keur(heel, data, later)
    werk.stores.inhoud.put(versie.map, XML, data)
    werk.stores.inhoud.put(versie.map, PDF, pdf)
    return replace(versie, verzend_hash=hashlib.sha256(data).hexdigest()), meldingen, len(pdf)


def _als_bestand(
    dossier: Waarden, tabel: Standaard, hash_: str, op: date, blokken: Collection[str]
) -> tuple[Waarden, bytes, bytes]:
    """A dossier as it leaves, with our own PDF where Bijlages is on (R51): its values, its XML, and the PDF."""
    from chalicelib.pdf import render  # 229 ms to import: only where a PDF is made

    pdf = render(dossier, tabel, inhoud_hash=hash_, gemaakt_op=op)
    heel = met_pdf(dossier, pdf, pdf_naam(dossier, op)) if "bijlagedocs" in blokken else dossier
    return heel, encode(heel, tabel.versie), pdf


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
    gekozen = gekozen_blokken(tabel, record, kaart.selectie(profiel))
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
