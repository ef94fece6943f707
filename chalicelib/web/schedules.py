"""The clock's doors: finish what waits (house 4, Clock)."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.flows.opvragen import nudge_open
from chalicelib.web import klok, verbinding

blueprint = Blueprint(__name__)
log = Logger(service="oso", log_uncaught_exceptions=False)


@blueprint.schedule("rate(10 minutes)", name="afmaken")
def afmaken(event: Any) -> None:
    """Nudge again every row that has been open for more than 15 minutes."""
    aantal = nudge_open(verbinding.stores(), klok.nu())
    log.info("afmaken", extra={"event": "afmaken", "aanvragen": aantal})
