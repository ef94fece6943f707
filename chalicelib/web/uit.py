"""The bodies that more than one file of the portal gives (api.md); what one gives stands beside its routes."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from chalicelib.domain.aanvraag import Stand
from chalicelib.domain.dossier import Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.handelingen import Handeling
from chalicelib.domain.invulling import BinnenBrinDoel, Toestemming
from chalicelib.domain.inzage import Inzagewaarde
from chalicelib.domain.notificatie import Notificatiestatus, Richting
from chalicelib.domain.nummers import PgnType
from chalicelib.web.vormen import AdresVorm, InzagebewijsVorm, SchoolWijziging, VervolgschoolVorm, Vorm


class MeldingUit(Vorm):
    """One remark about one place."""

    code: str
    pad: str
    waarde: str
    toegestaan: str
    tekst: str
    wat_nu: str
    ernst: Literal["fout", "waarschuwing"]


class Probleem(Vorm):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    meldingen: list[MeldingUit]


class WaaromNiet(Vorm):
    """Why an act cannot be done now."""

    code: str
    tekst: str
    wat_nu: str


class ActieUit(Vorm):
    """One act on a card."""

    naam: Handeling
    kan: bool
    waarom_niet: WaaromNiet | None


class SchoolUit(SchoolWijziging):
    """The settings of the school, as they are kept: what was saved before a check came is shown all the same."""

    adres: AdresVorm | None = None  # type: ignore[assignment]  # whole, where a change may name a part
    telefoon: str | None = None
    email: str | None = None
    telefoon_directeur: str | None = None
    brin: str
    vestigingscode: str
    acties: list[ActieUit]


class TekstUit(Vorm):
    """The exact text of an act that succeeded."""

    tekst: str


class LeerlingRij(Vorm):
    """One row of the overview (R83)."""

    leerling_id: str
    naam: str
    groep: str | None
    leerjaar: str | None
    vervolgschool_brin: str | None
    vervolgschool_naam: str | None
    datum_inschrijving: date | None
    datum_uitschrijving: date | None
    inzage_verzorgers: str
    status: Status
    status_tekst: str
    laatst_verzameld_op: AwareDatetime | None
    laatst_verzameld_tekst: str
    laatst_verzonden_op: AwareDatetime | None
    laatst_verzonden_tekst: str
    niet_opgehaald_sinds: AwareDatetime | None = None
    """Set ready then, and two weeks later not fetched; found every night."""


class VerzoekUit(Vorm):
    """A request by another school on the card (R28, R29); a notificatie names its `id`."""

    id: str
    datum: str
    brin_aanvragende_school: str
    aanleverpunt: str
    schoolnaam: str
    soort: str
    resultaat: str
    resultaat_tekst: str
    reden: str | None
    oplossing: str | None
    verzamelmoment: str | None


class NotificatieUit(Vorm):
    """A notificatie, sent or received (R69-R72)."""

    id: str
    richting: Richting
    status: Notificatiestatus
    status_tekst: str
    school: str
    brin: str
    op: AwareDatetime
    door: str
    leerling_id: str | None
    aanvraag_id: str | None
    code: str | None


class InzageUit(Vorm):
    """The inzage of the current version."""

    waarde: Inzagewaarde
    datum: date | None
    reden_niet_akkoord: str | None
    inzagen: list[InzagebewijsVorm]


class UitschrijvingUit(Vorm):
    """Section Uitschrijving en vervolgonderwijs."""

    datum: date | None
    reden: str | None
    toelichting: str | None
    advies_vo: str | None
    herzien_advies_vo: str | None
    motivatie_herzien_advies: str | None
    vervolgschool: VervolgschoolVorm | None
    onderwijssoort: str | None
    niveau_na_tweede_jaar_vo: str | None = Field(alias="niveauNaTweedeJaarVo")
    doublure_voor_derde_jaar_vo: str | None = Field(alias="doublureVoorDerdeJaarVo")


class BewarenUit(Vorm):
    """A legal hold on a pupil: nothing is destroyed until it is lifted (ch. 16)."""

    reden: str
    op: AwareDatetime
    door: str


class KaartUit(Vorm):
    """The card (api.md, card, GET)."""

    leerling_id: str
    naam: str
    status: Status
    status_tekst: str
    overdracht: Profiel | None
    versie: int | None
    inhoud_hash: str | None
    verzend_hash: str | None
    gewijzigd_sinds_verzamelen: bool
    contact_nodig: bool
    binnen_brin: bool
    binnen_brin_doel: BinnenBrinDoel
    doel_aanleverpunt: str | None
    inzage: InzageUit
    inzage_tekst: str
    datum_inzage_tekst: str
    aandachtspunten: str | None
    voorlopig_dossier: bool
    toestemming: Toestemming
    uitschrijving: UitschrijvingUit
    reden_intrekken: str | None
    bewaren: BewarenUit | None = None
    laatst_verzameld_op: AwareDatetime | None
    laatst_verzameld_tekst: str
    laatst_verzonden_op: AwareDatetime | None
    laatst_verzonden_tekst: str
    niet_opgehaald_sinds: AwareDatetime | None = None
    """Set ready then, and two weeks later not fetched; found every night."""
    binnengekomen_aanvragen: list[VerzoekUit]
    notificaties: list[NotificatieUit]
    acties: list[ActieUit]
    tekst: str | None = None
    meldingen: list[MeldingUit] = Field(default_factory=list)


class LinkUit(Vorm):
    """A link that works for a minute."""

    url: str
    verloopt_op: AwareDatetime
    bestandsnaam: str


class LogregelUit(Vorm):
    """One act (R87)."""

    volgnummer: int
    moment: str
    medewerker: str
    sub: str
    school: str
    handeling: str
    code: str
    details: dict[str, str | int]
    hash: str


class ResultaatUit(Vorm):
    """An outcome that OSO names."""

    code: str
    tekst: str
    wat_nu: str


class BijlageUit(Vorm):
    """A bijlage that was received; `n` is its number in `/bijlagen/{n}`."""

    n: int
    naam: str
    soort: str


class DossieraanvraagUit(Vorm):
    """A request of our own."""

    id: str
    status: Stand
    resultaat: ResultaatUit | None
    brin: str
    schoolnaam: str | None
    nummer: str
    pgn_type: PgnType
    leerling_id: str | None
    gevraagd_op: AwareDatetime
    gevraagd_door: str
    ontvangen_op: AwareDatetime | None
    laatst_verzameld_op: date | None
    verzend_hash: str | None
    profiel: Profiel | None
    bijlagen: list[BijlageUit]
    acties: list[ActieUit]


class IdUit(Vorm):
    """Where the request can be followed."""

    id: str


class BinnengekomenUit(Vorm):
    """A request by another school (R130)."""

    id: str
    datum: AwareDatetime
    brin_bevraagde_school: str
    aanleverpunt_bevraagde_school: str
    schoolnaam_bevraagde_school: str
    brin_aanvragende_school: str
    aanleverpunt_aanvragende_school: str
    schoolnaam_aanvragende_school: str
    leerling_id: str | None
    leerling: str | None
    nummer: str
    type: str
    soort: str
    resultaat: str | None
    resultaat_tekst: str | None
    reden: str | None
    oplossing: str | None
    medewerker: str | None
    verzamelmoment: AwareDatetime | None


class HerkomstUit(Vorm):
    """School van herkomst (R99)."""

    brinnummer: str | None
    schoolnaam: str | None
    plaats_vestigingsadres: str | None
    onderwijssoort: str | None
    onderwijs_sinds: date | None
    tekst: str
