"""Fetch what was asked for at another school, and take in what comes (ch. 8, protocol 2.1).

Whoever gets a nudge reads the row and does what is left. A session that was granted is always signed off (9b.4).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain import resultaat as uitkomst
from chalicelib.domain.aanvraag import Dossieraanvraag, Stand
from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.mutatielog import Actie, Door
from chalicelib.domain.nummers import Aanleverpunt, Brin, Vestiging
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid, NotFound, PeerError, Unavailable
from chalicelib.flows import Werk
from chalicelib.flows.balie import Overzicht
from chalicelib.flows.ontvangen import Gevraagd, Ontvangst, haal
from chalicelib.gegevensset.waarde import dag
from chalicelib.messages.berichten import Doel
from chalicelib.store import Nudge, Stores, herhaal
from chalicelib.store.laatste_keer import begin_laatste_keer
from chalicelib.traffic_center import TrafficCenter

XML = "ontvangen.xml"
PDF = "ontvangen.pdf"
_TOELICHTING = "/toelichting_onderwijsbehoeften/"
_LANGSTE_NAAM, _MEESTE_BIJLAGEN = 200, 500
"""Of the list on the row, which must fit: 400 kB. The dossier itself is kept as received."""


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
    keer: int = 1,
    nog: Callable[[], bool] = lambda: True,
) -> str:
    """Do what is left of one request; returns the state it ends in. A late or double nudge changes nothing.

    Raises Unavailable when the other side did not answer, so that the queue tries again; on the last try the
    request ends as MISLUKT first. Should that try break off, the clock ends it (`geef_op`).

    `keer`: the how many-th try this is; each begins at another aanleverpunt. `nog`: as in `haal`.
    """
    try:
        rij = stores.aanvraag(Vestiging(nudge.school), nudge.id)
    except NotFound:
        return "WEG"
    if rij.status is not Stand.UITSTAAND:
        return rij.status.value
    werk = _werk(stores, rij, nu)
    if laatste_keer:
        begin_laatste_keer(stores, rij, nu)
    try:
        ontvangst = _vraag(stores, tc, regionaal, rij, keer - 1, nog)
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


def geef_op(stores: Stores, nudge: Nudge, nu: datetime) -> str:
    """End a request of which nothing will come any more as MISLUKT; returns the state that it is in."""
    rij = stores.aanvraag(Vestiging(nudge.school), nudge.id)
    return _rond_af(_werk(stores, rij, nu), rij, Stand.MISLUKT, uitkomst.TECHNISCHE_FOUT)


def _werk(stores: Stores, rij: Dossieraanvraag, nu: datetime) -> Werk:
    return Werk(stores, Door(rij.school.code, rij.gevraagd_door_sub, rij.gevraagd_door), nu)


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


def _vraag(
    stores: Stores,
    tc: TrafficCenter,
    regionaal: Regionaal,
    rij: Dossieraanvraag,
    begin: int,
    nog: Callable[[], bool],
) -> Ontvangst | Resultaat:
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
        begin,
    )
    return haal(tc, gevraagd, nog)


def _neem_in(werk: Werk, rij: Dossieraanvraag, ontvangst: Ontvangst) -> str:
    """Keep a dossier exactly as received, with what makes it readable, then close the request."""
    from chalicelib.gegevensset.codec import decode  # only where a dossier is really read

    assert ontvangst.data is not None
    data, gegevens = ontvangst.data, decode(ontvangst.data)
    map_ = werk.stores.inhoud.nieuwe_map(werk.school, f"aanvraag!{rij.id}")
    pdf, bijlagen, toelichtingen = _leesbaar(gegevens.dossier, gegevens.versie, werk.nu.date())
    werk.stores.inhoud.put(map_, XML, data)
    werk.stores.inhoud.put(map_, PDF, pdf)
    if ontvangst.aanvraag.pgn:
        werk.stores.onthoud_ontvangst(werk.school, ontvangst.aanvraag.pgn, rij.brin, rij.gevraagd_op)
    return _rond_af(
        werk,
        rij,
        Stand.ONTVANGEN,
        uitkomst.GESLAAGD,
        sessie_id=ontvangst.aanvraag.sessie_id,
        schoolnaam=rij.schoolnaam or gegevens.dossier["huidigeschool"]["naam"],
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
