"""The overstapdossier of one pupil: card, collecting, setting ready, PDF, XML and mutatielogs (ch. 2, 3)."""

from datetime import timedelta

from pydantic import Field

from chalicelib.config import settings
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Profiel
from chalicelib.domain.mogelijkheden import waarschuwingen_bij_klaarzetten, waarschuwingen_bij_opslaan
from chalicelib.domain.mutatielog import Actie, controleer_keten
from chalicelib.domain.rechten import Recht
from chalicelib.domain.teksten import NOTIFICATIE_VRAAG, OPGESLAGEN
from chalicelib.domain.termijnen import lees_termijnen
from chalicelib.flows import klaarzetten, notificaties, verzamelen
from chalicelib.flows.leerlingen import log_lezen
from chalicelib.flows.verzamelen import kaart_etag
from chalicelib.web import uit
from chalicelib.web.deur import MERGE_PATCH, Vraag, route
from chalicelib.web.kaarten import VERZOEKEN, kaart_uit, meldingen, plain
from chalicelib.web.portal import logs
from chalicelib.web.punten import lees_punt
from chalicelib.web.query import Parameter
from chalicelib.web.replies import Antwoord
from chalicelib.web.samenvoegen import voeg_samen
from chalicelib.web.vormen import INZAGE_FOUTEN, IntrekVorm, KaartWijziging, LeegVorm, VerzamelVorm, Vorm

_PAD = "/leerlingen/{leerlingId}/overstapdossier"
_LINK_SECONDEN = 60
OVERDRACHT = Parameter(
    "overdracht", "waarvoor wordt verzameld", {"type": "string", "enum": [p.value for p in OVERSTAPPEN]}, verplicht=True
)


class WegUit(Vorm):
    """Something that does not travel."""

    pad: str
    aantal: int
    code: str
    reden: str


class VerzameldUit(Vorm):
    """What collecting gives back (R48)."""

    tekst: str
    versie: int
    inhoud_hash: str
    meldingen: list[uit.MeldingUit]
    weggelaten: list[WegUit]


class ControleUit(Vorm):
    """A dry run."""

    geldig: bool
    meldingen: list[uit.MeldingUit]


class NotificatieMogelijk(Vorm):
    """An earlier request whose asker can be told."""

    aanvraag_id: str
    school: str


class KlaargezetUit(Vorm):
    """R67, R69: the text of the act, and who asked before and can be told."""

    tekst: str
    notificatie_mogelijk: list[NotificatieMogelijk]
    notificatie_vraag: str | None = None
    meldingen: list[uit.MeldingUit] = Field(default_factory=list)


class KetenUit(Vorm):
    """Whether a chain is intact (15.17)."""

    geldig: bool
    aantal: int
    kop: str
    fouten: list[dict[str, str | int]]


@route("GET", _PAD, "De kaart van de leerling", recht=Recht.LEERLING_LEZEN, antwoorden={200: uit.KaartUit}, etag=True)
def haal_kaart(vraag: Vraag) -> Antwoord:
    """R10-R29, with what may be done now and why not."""
    return _kaart(vraag, vraag.werk.stores.dossier(vraag.school, vraag.leerling_id))


@route(
    "PATCH",
    _PAD,
    "De kaart opslaan",
    recht=Recht.OVERSTAP_BEWERKEN,
    body=KaartWijziging,
    soorten=(MERGE_PATCH, "application/json"),
    antwoorden={200: uit.KaartUit},
    etag=True,
    if_match=True,
    fouten=(
        "INHOUD_WEG",
        "NIET_VERZAMELD",
        "VERZAMEL_OPNIEUW",
        "INZAGE_NVT",
        *INZAGE_FOUTEN,
        "DIRECTEUR_ONTBREEKT",
        "AANLEVERPUNT_ONGELDIG",
        "DOSSIER_ONGELDIG",
        "DOSSIER_TE_GROOT",
    ),
)
def sla_kaart_op(vraag: Vraag) -> Antwoord:
    """R31: the stored dossier follows contact and inzage. `meldingen` explain what a change did (15.39)."""
    wijziging = vraag.body
    if punt := wijziging.doel_aanleverpunt:
        wijziging.doel_aanleverpunt = lees_punt(punt, vraag.school, "/doelAanleverpunt").nummer
    dossier, gevolgen = verzamelen.vul_in(
        vraag.werk, vraag.leerling_id, lambda oud: voeg_samen(oud, wijziging), vraag.if_match
    )
    antwoord = _kaart(vraag, dossier)
    bewaren = waarschuwingen_bij_opslaan(dossier, vraag.werk.nu.date(), lees_termijnen(settings().termijnen))
    antwoord.body["tekst"] = OPGESLAGEN
    antwoord.body["meldingen"] = [plain(m) for m in meldingen([*gevolgen, *bewaren])]
    return antwoord


@route(
    "GET",
    f"{_PAD}/controle",
    "Wat verzamelen zou opmerken",
    recht=Recht.LEERLING_LEZEN,
    query=(OVERDRACHT,),
    antwoorden={200: ControleUit},
    fouten=(
        "INHOUD_WEG",
        "STANDAARDVERSIE_ANDERS",
    ),
)
def controleer(vraag: Vraag) -> Antwoord:
    """A dry run: every melding that collecting would give, also what would stop it. Nothing is stored."""
    profiel = Profiel(vraag.query["overdracht"])
    alle = verzamelen.controle(vraag.werk, vraag.leerling_id, profiel)
    log_lezen(vraag.werk, vraag.leerling_id, Actie.CONTROLE_BEKEKEN, profiel=profiel.value)  # they hold values (15.17)
    return Antwoord(plain(ControleUit(geldig=not any(m.is_fout for m in alle), meldingen=meldingen(alle))))


@route(
    "POST",
    f"{_PAD}/verzamelen",
    "Het dossier verzamelen",
    recht=Recht.OVERSTAP_BEWERKEN,
    body=VerzamelVorm,
    antwoorden={200: VerzameldUit},
    etag=True,
    fouten=(
        "INHOUD_WEG",
        "PROFIEL_PAST_NIET",
        "DOCUMENT_WEG",
        "TOELICHTING_BESTAAT_AL",
        "TOELICHTING_BESTAAT_NIET",
        "ADVIES_VO_ONTBREEKT",
        "DIRECTEUR_ONTBREEKT",
        "DOSSIER_ONGELDIG",
        "DOSSIER_TE_GROOT",
        "STANDAARDVERSIE_ANDERS",
    ),
)
def verzamel(vraag: Vraag) -> Antwoord:
    """R33, R48: a new version; the inzage starts anew (R54)."""
    klaar = verzamelen.verzamel(vraag.werk, vraag.leerling_id, vraag.body.profiel)
    versie = klaar.dossier.versie
    assert versie is not None
    body = VerzameldUit(
        tekst=klaar.tekst,
        versie=versie.nummer,
        inhoud_hash=versie.inhoud_hash,
        meldingen=meldingen(klaar.meldingen),
        weggelaten=[
            WegUit(pad=weg.pad, aantal=weg.aantal, code=weg.code, reden=weg.reden)
            for weg in klaar.samenstelling.weggelaten
        ],
    )
    return Antwoord(plain(body), koppen={"ETag": kaart_etag(klaar.dossier)})


@route(
    "POST",
    f"{_PAD}/klaarzetten",
    "Het dossier klaarzetten",
    recht=Recht.KLAARZETTEN,
    body=LeegVorm,
    antwoorden={200: KlaargezetUit},
    etag=True,
    fouten=(
        "INHOUD_WEG",
        "NIET_VERZAMELD",
        "VERZAMEL_OPNIEUW",
        "DATUM_UITSCHRIJVING_ONTBREEKT",
        "VERVOLGSCHOOL_ONTBREEKT",
        "VERVOLGSCHOOL_EIGEN_BRIN",
        "INZAGE_ONTBREEKT",
        "DIRECTEUR_ONTBREEKT",
        "REGIONAAL_INITIATIEF_UIT",
        "DOEL_AANLEVERPUNT_ONTBREEKT",
        "AANLEVERPUNT_ONTBREEKT",
        "DOSSIER_ONGELDIG",
    ),
)
def zet_klaar(vraag: Vraag) -> Antwoord:
    """R60-R67. Nothing is sent: the vervolgschool fetches it (R35)."""
    dossier, tekst = klaarzetten.zet_klaar(vraag.werk, vraag.leerling_id)
    mogelijk = [
        NotificatieMogelijk(aanvraag_id=verzoek.id, school=f"({verzoek.doel_brin}) {verzoek.doel_naam}")
        for verzoek in notificaties.mogelijk(vraag.werk, dossier)
    ]
    gevolgen = waarschuwingen_bij_klaarzetten(dossier, vraag.werk.nu.date(), settings().aanmeldweek)
    body = KlaargezetUit(
        tekst=tekst,
        notificatie_mogelijk=mogelijk,
        notificatie_vraag=NOTIFICATIE_VRAAG if mogelijk else None,
        meldingen=meldingen(gevolgen),
    )
    return Antwoord(plain(body), koppen={"ETag": kaart_etag(dossier)})


@route(
    "POST",
    f"{_PAD}/intrekken",
    "Het dossier intrekken",
    recht=Recht.INTREKKEN,
    body=IntrekVorm,
    antwoorden={200: uit.TekstUit},
    etag=True,
    fouten=("NIET_KLAAR",),
)
def trek_in(vraag: Vraag) -> Antwoord:
    """15.5."""
    dossier, tekst = klaarzetten.trek_in(vraag.werk, vraag.leerling_id, vraag.body.reden)
    return Antwoord({"tekst": tekst}, koppen={"ETag": kaart_etag(dossier)})


@route(
    "GET",
    f"{_PAD}/pdf",
    "Link naar de PDF van de huidige versie",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("NIET_VERZAMELD",),
)
def haal_pdf(vraag: Vraag) -> Antwoord:
    """R50. The link works for a minute and downloads."""
    return _link(vraag, verzamelen.PDF, Actie.PDF_BEKEKEN)


@route(
    "GET",
    f"{_PAD}/xml",
    "Link naar de XML van de huidige versie",
    recht=Recht.LEERLING_LEZEN,
    antwoorden={200: uit.LinkUit},
    fouten=("NIET_VERZAMELD",),
)
def haal_xml(vraag: Vraag) -> Antwoord:
    """Exactly the bytes that leave."""
    return _link(vraag, verzamelen.XML, Actie.XML_BEKEKEN)


@route(
    "GET",
    f"{_PAD}/mutatielogs",
    "Wie wat met het dossier deed",
    recht=Recht.MUTATIELOG_LEZEN,
    antwoorden={200: {"items": uit.LogregelUit, "csv": True}},
)
def mutatielogs(vraag: Vraag) -> Antwoord:
    """R87. JSON, or `text/csv` by Accept."""
    return logs.als_lijst(vraag, vraag.werk.stores.dossier(vraag.school, vraag.leerling_id).onderwerp)


@route(
    "GET",
    f"{_PAD}/mutatielogs/controle",
    "Is de keten van het mutatielog heel",
    recht=Recht.MUTATIELOG_LEZEN,
    antwoorden={200: KetenUit},
)
def controleer_log(vraag: Vraag) -> Antwoord:
    """15.17: an altered, removed, added or swapped entry is named."""
    dossier = vraag.werk.stores.dossier(vraag.school, vraag.leerling_id)
    fouten = controleer_keten(dossier.onderwerp, vraag.werk.stores.logregels(dossier.onderwerp), dossier.kop)
    gevonden: list[dict[str, str | int]] = [
        {"volgnummer": f.volgnummer, "code": f.code, "tekst": f.tekst} for f in fouten
    ]
    body = KetenUit(geldig=not fouten, aantal=dossier.kop.aantal, kop=dossier.kop.hash, fouten=gevonden)
    return Antwoord(plain(body))


def _kaart(vraag: Vraag, dossier: Dossier) -> Antwoord:
    stores = vraag.werk.stores
    # one asks again and again in its session: that is one request, as it ended last
    regels = [regel for regel in stores.logregels(dossier.onderwerp) if regel.actie in VERZOEKEN]
    laatste = {str(regel.details["verzoek"]): regel for regel in regels}
    verzoeken = sorted(laatste.values(), key=lambda regel: regel.volgnummer, reverse=True)
    meldingen_uit = notificaties.van_leerling(vraag.werk, dossier)
    school, rechten = stores.school(vraag.school), vraag.toegang.rechten
    kaart = kaart_uit(dossier, school, verzoeken, meldingen_uit, rechten=rechten)
    return Antwoord(plain(kaart), koppen={"ETag": kaart_etag(dossier)})


def _link(vraag: Vraag, naam: str, actie: Actie) -> Antwoord:
    """Log that content is read, then give a link to it. The file name holds our key, never a name or number."""
    stores = vraag.werk.stores
    dossier = stores.dossier(vraag.school, vraag.leerling_id)
    verzamelen.eis_versie(dossier)
    dossier = log_lezen(vraag.werk, vraag.leerling_id, actie)
    versie = verzamelen.eis_versie(dossier)
    soort = naam.rpartition(".")[2]
    bestand = f"OSO-{vraag.school.brin}-{dossier.leerling_id}-{versie.verzameld_op:%Y-%m-%d}.{soort}"
    body = uit.LinkUit(
        url=stores.inhoud.link(versie.map, naam, bestand, _LINK_SECONDEN),
        verloopt_op=vraag.werk.nu + timedelta(seconds=_LINK_SECONDEN),
        bestandsnaam=bestand,
    )
    return Antwoord(plain(body))
