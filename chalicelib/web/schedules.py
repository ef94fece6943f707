"""The clock's doors: finish what waits, destroy what is past its term, tell what expires (house 4, Clock)."""

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib.config import settings
from chalicelib.domain.termijnen import lees_termijnen
from chalicelib.flows import opdrachten, zorgvraag_melden
from chalicelib.flows.afmaken import sluit_afgebroken
from chalicelib.flows.ophalen import nudge_open
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.wortel import maak_wortel
from chalicelib.store import Stores
from chalicelib.store.opruiming import laatste_ronde
from chalicelib.store.wortels import lees_voortgang
from chalicelib.web import klok, verbinding
from chalicelib.web.log import meet, regel, soort

blueprint = Blueprint(__name__)


@blueprint.schedule("rate(10 minutes)", name="afmaken")
def afmaken(event: Any) -> None:
    """End what broke off at its last try, and nudge again every row that has been open for more than 15 minutes."""
    gedaan: dict[str, Any] = {}
    fouten = []
    for naam, stap in _AFMAKEN.items():
        try:
            gedaan[naam] = stap(verbinding.stores(), klok.nu())
        except Exception as fout:  # noqa: BLE001 -- whatever it is, it keeps no other step from being done
            fouten.append(soort(fout))
    regel("afmaken", "MISLUKT" if fouten else "OK", waarschuwing=bool(fouten), fouten=fouten, **gedaan)
    if fouten:  # the alarm on failed runs must still call somebody
        raise RuntimeError(f"afmaken: {len(fouten)} stap(pen) mislukt")


_AFMAKEN: Mapping[str, Callable[[Stores, datetime], int]] = {
    "gesloten": sluit_afgebroken,
    "aanvragen": nudge_open,
    "zorgvragen": zorgvraag_melden.nudge_open,
    "opdrachten": opdrachten.nudge_open,
}


def _meld_dagen(wat: str, laatste: date | None, nu: datetime) -> None:
    """Count the days since what must be finished every night was, for the alarm: a run that ends says nothing of it.

    A round that was never finished has been going on for as long as there is anything; it counts as too long.
    """
    sinds = laatste.date() if isinstance(laatste, datetime) else laatste
    dagen = (nu.date() - sinds).days if sinds else NOOIT
    naam = f"{wat}_dagen"
    velden: dict[str, Any] = {naam: dagen}
    meet(wat, [(naam, "Count", ())], **velden)


NOOIT = 99
_OPRUIMEN_SECONDEN = 780
"""Of the 900 that Lambda gives; the next run goes on where this one stopped."""


@blueprint.schedule("cron(30 1 * * ? *)", name="opruimen")
def opruimen(event: Any) -> None:
    """Every night: what is past its bewaartermijn goes, with proof (ch. 16)."""
    einde = time.monotonic() + _OPRUIMEN_SECONDEN
    uit = ruim_op(
        verbinding.stores(), lees_termijnen(settings().termijnen), klok.nu(), lambda: time.monotonic() < einde
    )
    onleesbaar = dict(uit.onleesbaar)
    regel(
        "opruimen",
        "ONLEESBAAR" if onleesbaar else "OK",
        waarschuwing=bool(onleesbaar),
        vernietigd=dict(uit.gedaan),
        onleesbaar=onleesbaar,
        klaar=uit.klaar,
    )
    _meld_dagen("opruimen", laatste_ronde(verbinding.stores()), klok.nu())
    if onleesbaar:  # all else was done; the alarm on failed runs must still call somebody
        raise RuntimeError(f"opruimen: {sum(onleesbaar.values())} rij(en) niet te lezen")


@blueprint.schedule("rate(1 hour)", name="wortel")
def wortel(event: Any) -> None:
    """Every night the signed root of all chains: the first hour begins it, a later one goes on or finds it done."""
    einde = time.monotonic() + _OPRUIMEN_SECONDEN
    uit = maak_wortel(verbinding.stores(), verbinding.wortels(), klok.nu, lambda: time.monotonic() < einde)
    regel("wortel", "OK", nacht=uit.nacht, bladen=uit.bladen, klaar=uit.klaar)
    stand = lees_voortgang(verbinding.stores())
    _meld_dagen("wortel", date.fromisoformat(stand.get("laatste_nacht") or stand["nacht"]), klok.nu())


@blueprint.schedule("cron(0 5 * * ? *)", name="bewaken")
def bewaken(event: Any) -> None:
    """Every day: how many days our certificates and the keys of tokens are still good, as metrics with an alarm."""
    from chalicelib.web import bewaking  # reads certificates: no other function should load what does that

    bewaking.meld(settings(), klok.nu())
