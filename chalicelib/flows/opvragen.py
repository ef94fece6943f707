"""Ask for a dossier at another school, and take in what comes (ch. 8, protocol 2.1).

The row is the truth, the nudge only says that there is work: whoever gets it reads the row and does what
is left. A session that was granted is always signed off (9b.4).
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain import teksten
from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid, NotFound, PeerError, Refused, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.balie import Overzicht
from chalicelib.flows.leerlingen import haal_record
from chalicelib.flows.ontvangen import Gevraagd, Ontvangst, haal
from chalicelib.gegevensset.samenstellen import nummer_van
from chalicelib.gegevensset.waarde import dag
from chalicelib.messages.berichten import Doel
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.items import load
from chalicelib.traffic_center import TrafficCenter

XML = "ontvangen.xml"
PDF = "ontvangen.pdf"
_TOELICHTING = "/toelichting_onderwijsbehoeften/"
_SLEUTEL_GELDIG = timedelta(days=1)
_LANGSTE_NAAM, _MEESTE_BIJLAGEN = 200, 500
"""Of the list on the row, which must fit: 400 kB. The dossier itself is kept as received."""


@dataclass(frozen=True)
class Verzoek:
    """What an employee asks: at which school, for which pupil, and whether only something newer will do."""

    brin: Brin
    pgn: Pgn
    alleen_als_nieuwer_dan: datetime | None = None
    leerling_id: str | None = None
    """The pupil who is already here and is asked for again (R98); None: a new pupil."""
    schoolnaam: str | None = None

    @property
    def delen(self) -> tuple[str, ...]:
        """For the fingerprint of an Idempotency-Key."""
        nieuwer = self.alleen_als_nieuwer_dan.isoformat() if self.alleen_als_nieuwer_dan else ""
        return (self.brin.code, self.pgn.type.value, self.pgn.nummer, nieuwer, self.leerling_id or "")


@dataclass(frozen=True)
class Daglimiet:
    """How many dossiers an employee may ask for on this day, and how many seconds of it are left."""

    grens: int
    dag: date
    seconden: int

    def tel(self, werk: Werk, aantal: int) -> None:
        """Count them, or raise Refused("TE_VEEL_AANVRAGEN") and count none."""
        if not werk.stores.tel_mee(werk.school, werk.door.sub, self.dag, aantal, self.grens):
            melding = teksten.melding("TE_VEEL_AANVRAGEN")
            raise Refused(melding.code, meldingen=[melding], wacht=self.seconden)


def vraag_op(
    werk: Werk, verzoek: Verzoek, idempotency_key: str, id_: str, limiet: Daglimiet | None = None
) -> Dossieraanvraag:
    """Keep the question and nudge the worker. The same key again gives the same request (api.md, Writing).

    Raises Refused: LEERLING_BESTAAT_AL (R93), AANLEVERPUNT_ONTBREEKT (R66), SLEUTEL_HERGEBRUIKT, TE_VEEL_AANVRAGEN.
    """
    return herhaal(lambda: _vraag_op(werk, verzoek, idempotency_key, id_, limiet))


def _vraag_op(
    werk: Werk, verzoek: Verzoek, idempotency_key: str, id_: str, limiet: Daglimiet | None
) -> Dossieraanvraag:
    """Once: it loses the race from the same key used at the same moment, and finds that request when tried again."""
    stores = werk.stores
    vingerafdruk = stores.geheim.vingerafdruk("vraag", *verzoek.delen)
    eerder = stores.find_sleutel(werk.school, idempotency_key)
    if eerder:
        if eerder["vingerafdruk"] != vingerafdruk:
            raise Refused("SLEUTEL_HERGEBRUIKT")
        return stores.aanvraag(werk.school, eerder["id"])
    if verzoek.leerling_id is None and stores.find_leerling(werk.school, verzoek.pgn):
        raise Refused("LEERLING_BESTAAT_AL", meldingen=[teksten.melding("LEERLING_BESTAAT_AL", pad="/pgn")])
    if not stores.school(werk.school).aanleverpunten:
        raise Refused("AANLEVERPUNT_ONTBREEKT", meldingen=[teksten.melding("AANLEVERPUNT_ONTBREEKT")])
    if limiet:
        limiet.tel(werk, 1)
    nieuw = Dossieraanvraag(
        id=id_,
        school=werk.school,
        brin=verzoek.brin.code,
        nummer=stores.geheim.versleutel(werk.school, verzoek.pgn),
        nummer_gemaskeerd=verzoek.pgn.gemaskeerd,
        nummer_type=verzoek.pgn.type.value,
        gevraagd_op=werk.nu,
        gevraagd_door=werk.door.naam,
        gevraagd_door_sub=werk.door.sub,
        alleen_als_nieuwer_dan=verzoek.alleen_als_nieuwer_dan,
        leerling_id=verzoek.leerling_id,
        schoolnaam=verzoek.schoolnaam,
    )
    tot = int((werk.nu + _SLEUTEL_GELDIG).timestamp())
    sleutel = stores.leg_sleutel_vast(werk.school, idempotency_key, vingerafdruk, nieuw.id, tot)
    mutatie = werk.mutatie(Actie.DOSSIER_OPGEVRAAGD, nieuw.onderwerp, brin=verzoek.brin.code)
    nieuw = stores.commit(mutatie, None, nieuw, sleutel, *werk.ook())
    stores.nudges.send(Nudge("AANVRAAG", werk.school.code, nieuw.id))
    return nieuw


def vraag_opnieuw(
    werk: Werk,
    leerling_id: str,
    alleen_als_nieuwer_dan: datetime | None,
    idempotency_key: str,
    id_: str,
    limiet: Daglimiet | None = None,
) -> Dossieraanvraag:
    """Ask for a pupil who is already here, at the school of herkomst (R98, R100).

    Raises Refused: HERKOMST_ONTBREEKT, NUMMER_ONTBREEKT, and as `vraag_op`.
    """
    dossier = werk.stores.dossier(werk.school, leerling_id)
    if dossier.herkomst is None or not dossier.herkomst.brin:
        raise Refused("HERKOMST_ONTBREEKT", meldingen=[teksten.melding("HERKOMST_ONTBREEKT")])
    nummer = nummer_van(haal_record(werk, dossier).dossier)
    if nummer is None:
        raise Refused("NUMMER_ONTBREEKT", meldingen=[teksten.melding("NUMMER_ONTBREEKT")])
    verzoek = Verzoek(
        Brin(dossier.herkomst.brin),
        Pgn.parse(PgnType(nummer[0].upper()), nummer[1]),
        alleen_als_nieuwer_dan,
        leerling_id,
        dossier.herkomst.naam,
    )
    return vraag_op(werk, verzoek, idempotency_key, id_, limiet)


def van_leerling(werk: Werk, leerling_id: str) -> list[Dossieraanvraag]:
    """The requests for a pupil who is already here, newest first (R103)."""
    rijen = werk.stores.state.alles(f"UIT#{werk.school}", index="lijst")
    return [load(Dossieraanvraag, row) for row in rijen if row.get("leerling_id") == leerling_id][::-1]


@dataclass(frozen=True)
class Regionaal:
    """Which aanleverpunten of a BRIN are a regionaal platform (15.35): nothing on the wire says so, a setting does.

    `platforms` holds the OIN's of suppliers that are one; `overzicht` says which aanleverpunten they serve.
    """

    overzicht: Overzicht = lambda _: ()
    platforms: frozenset[str] = frozenset()

    def punten(self, brin: str) -> tuple[frozenset[Aanleverpunt], frozenset[Aanleverpunt]]:
        """The aanleverpunten of platforms, and all of them."""
        alle = [punt for punt in self.overzicht(brin) if punt.doel is Doel.OV] if self.platforms else []
        platform = frozenset(punt.aanleverpunt for punt in alle if punt.leverancier in self.platforms)
        return platform, frozenset(punt.aanleverpunt for punt in alle)


GEEN_PLATFORM = Regionaal()


def haal_op(
    stores: Stores,
    tc: TrafficCenter,
    nudge: Nudge,
    nu: datetime,
    *,
    laatste_keer: bool = False,
    regionaal: Regionaal = GEEN_PLATFORM,
) -> str:
    """Do what is left of one request; returns the state it ends in. A late or double nudge changes nothing.

    Raises Unavailable when the other side did not answer, so that the queue tries again; on the last try the
    request ends as MISLUKT first.
    """
    try:
        rij = stores.aanvraag(Vestiging(nudge.school), nudge.id)
    except NotFound:
        return "WEG"
    if rij.status is not Stand.UITSTAAND:
        return rij.status.value
    werk = Werk(stores, Door(nudge.school, rij.gevraagd_door_sub, rij.gevraagd_door), nu)
    try:
        ontvangst = _vraag(stores, tc, regionaal, rij)
    except PeerError:
        return _rond_af(werk, rij, Stand.MISLUKT, uitkomst.TECHNISCHE_FOUT)
    except Unavailable:
        if laatste_keer:
            _rond_af(werk, rij, Stand.MISLUKT, uitkomst.TECHNISCHE_FOUT)
        raise
    if isinstance(ontvangst, Resultaat):
        return _rond_af(werk, rij, Stand.AFGEWEZEN, ontvangst)
    if ontvangst.later and not laatste_keer:
        raise Unavailable("PEER_ONBEREIKBAAR")
    return _verwerk(werk, rij, ontvangst)


def _verwerk(werk: Werk, rij: Dossieraanvraag, ontvangst: Ontvangst) -> str:
    """What one session gave. The last try of who did not answer ends too, and goes to the DLQ for an operator."""
    sessie = ontvangst.aanvraag.sessie_id
    if ontvangst.data is not None:
        return _neem_in(werk, rij, ontvangst)
    mislukt = ontvangst.resultaat is uitkomst.TECHNISCHE_FOUT
    stand = _rond_af(werk, rij, Stand.MISLUKT if mislukt else Stand.AFGEWEZEN, ontvangst.resultaat, sessie_id=sessie)
    if mislukt and ontvangst.later:
        raise Unavailable("PEER_ONBEREIKBAAR")
    return stand


def _vraag(stores: Stores, tc: TrafficCenter, regionaal: Regionaal, rij: Dossieraanvraag) -> Ontvangst | Resultaat:
    """One session for this request, from the aanleverpunt that the school has now.

    Within one BRIN the Traffic Center names our own aanleverpunten too: asking ourselves is of no use.
    """
    school, bron = stores.school(rij.school), Brin(rij.brin)
    if school.aanleverpunt is None:
        return uitkomst.RESULTATEN["AFNEMER_NIET_BEKEND"]
    binnen = bron == rij.school.brin
    overslaan = frozenset(school.aanleverpunten) if binnen else frozenset()
    if binnen and not school.aangesloten_op_regionaal_initiatief:
        platform, alle = regionaal.punten(bron.code)
        if platform and alle <= platform | overslaan:
            return uitkomst.RESULTATEN["REGIONAAL_INITIATIEF_UIT"]
        overslaan |= platform
    gevraagd = Gevraagd(
        bron,
        (rij.school.brin, school.aanleverpunt),
        stores.geheim.ontsleutel(rij.school, rij.nummer, rij.nummer_type),
        Overdrachtsoort.BINNENBRIN if binnen else Overdrachtsoort.OVERSTAPDOSSIER,
        rij.alleen_als_nieuwer_dan,
        overslaan,
    )
    return haal(tc, gevraagd)


def _neem_in(werk: Werk, rij: Dossieraanvraag, ontvangst: Ontvangst) -> str:
    """Keep a dossier exactly as received, with what makes it readable, then close the request."""
    from chalicelib.gegevensset.codec import decode  # only where a dossier is really read

    assert ontvangst.data is not None
    data, gegevens = ontvangst.data, decode(ontvangst.data)
    map_ = werk.stores.inhoud.nieuwe_map(werk.school, f"aanvraag-{rij.id}")
    pdf, bijlagen, toelichtingen = _leesbaar(gegevens.dossier, gegevens.versie, werk.nu.date())
    werk.stores.inhoud.put(map_, XML, data)
    werk.stores.inhoud.put(map_, PDF, pdf)
    if ontvangst.aanvraag.pgn:
        werk.stores.onthoud_ontvangst(werk.school, ontvangst.aanvraag.pgn, rij.gevraagd_op)
    return _rond_af(
        werk,
        rij,
        Stand.ONTVANGEN,
        uitkomst.GESLAAGD,
        sessie_id=ontvangst.aanvraag.sessie_id,
        ontvangen_op=werk.nu,
        verzameld_op=dag(gegevens.dossier["metadata"]["datum"]),
        verzend_hash=hashlib.sha256(data).hexdigest(),
        map=map_,
        profiel=ontvangst.profiel,
        bijlagen=bijlagen,
        toelichtingen=toelichtingen,
    )


def _leesbaar(dossier: dict[str, object], versie: str, op: date) -> tuple[bytes, tuple[tuple[str, str], ...], int]:
    """The PDF that came along (R51) or one made here, the names and kinds of the bijlagen, the toelichtingen first."""
    from chalicelib.gegevensset.bijlagen import documenten, open_alle
    from chalicelib.gegevensset.samenstellen import inhoud_hash
    from chalicelib.gegevensset.tabel import standaard
    from chalicelib.pdf import render  # 229 ms to import: only where a PDF is made

    pdf: bytes | None = None
    namen: list[tuple[str, str]] = []
    alle = sorted(documenten(dossier, standaard(versie)), key=lambda paar: _TOELICHTING not in paar[0])
    for bijlage in open_alle((document["bestandsnaam"], document["bestandsinhoud"]) for _, document in alle):
        naam = alle[len(namen)][1]["bestandsnaam"]
        if isinstance(bijlage, Invalid):
            namen.append((naam[:_LANGSTE_NAAM], "ONLEESBAAR"))
            continue
        namen.append((naam[:_LANGSTE_NAAM], bijlage.soort))
        if bijlage.soort == "PDF" and naam.startswith("OSO-"):
            pdf = bijlage.data
    if pdf is None:
        tabel = standaard(versie)
        pdf = render(dossier, tabel, inhoud_hash=inhoud_hash(dossier, tabel), gemaakt_op=op)
    return pdf, tuple(namen[:_MEESTE_BIJLAGEN]), sum(_TOELICHTING in pad for pad, _ in alle)


_ACTIE = {
    Stand.ONTVANGEN: Actie.DOSSIER_ONTVANGEN,
    Stand.AFGEWEZEN: Actie.OPVRAGING_AFGEWEZEN,
    Stand.MISLUKT: Actie.OPVRAGING_MISLUKT,
}


def _rond_af(werk: Werk, rij: Dossieraanvraag, status: Stand, resultaat: Resultaat, **velden: object) -> str:
    """Close the row with its outcome, once: whoever was first wins."""

    def poging() -> str:
        nu = werk.stores.aanvraag(rij.school, rij.id)
        if nu.status is not Stand.UITSTAAND:
            return nu.status.value
        nieuw = nu.klaar(status, resultaat, **velden)
        details = {"resultaat": resultaat.code} | ({"verzendHash": nieuw.verzend_hash} if nieuw.verzend_hash else {})
        sessie = [werk.stores.onthoud_sessie(nieuw, nieuw.sessie_id)] if nieuw.sessie_id else []
        mutatie = werk.mutatie(_ACTIE[status], nieuw.onderwerp, **details)
        return werk.stores.commit(mutatie, nu, nieuw, *sessie).status.value

    return herhaal(poging)


def nudge_open(stores: Stores, nu: datetime, ouder_dan: timedelta = timedelta(minutes=15)) -> int:
    """Nudge every request and notificatie that has been waiting too long: its nudge may be lost (house 4, Clock)."""
    aantal = 0
    for soort in ("AANVRAAG", "NOTIFICATIE"):
        rijen = stores.open_sinds(soort, (nu - ouder_dan).isoformat())
        stores.nudges.send_batch([Nudge(soort, row["pk"].removeprefix("SCHOOL#"), row["id"]) for row in rijen])
        aantal += len(rijen)
    return aantal
