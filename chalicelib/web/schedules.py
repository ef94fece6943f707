"""The clock's doors: finish what waits (house 4, Clock)."""

from typing import Any

from chalice.app import Blueprint

from chalicelib.flows import opdrachten, zorgvraag_melden
from chalicelib.flows.opvragen import nudge_open
from chalicelib.web import klok, verbinding
from chalicelib.web.log import log

blueprint = Blueprint(__name__)


@blueprint.schedule("rate(10 minutes)", name="afmaken")
def afmaken(event: Any) -> None:
    """Nudge again every row that has been open for more than 15 minutes."""
    aantal = nudge_open(verbinding.stores(), klok.nu())
    zorg = zorgvraag_melden.nudge_open(verbinding.stores(), klok.nu())
    hervat = opdrachten.nudge_open(verbinding.stores(), klok.nu())
    log.info("afmaken", extra={"event": "afmaken", "aanvragen": aantal, "opdrachten": hervat, "zorgvragen": zorg})
