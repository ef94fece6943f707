"""The one logger: a structured line per request and message, never a body, a number or a name; metrics ride on it.

A line counts itself in CloudWatch's embedded metric format: a metric costs no call and no package. `correlation_id`
says which lines belong together; it travels along to the Traffic Center and to other schools (`X-Correlation-Id`).
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any
from uuid import uuid4

from aws_lambda_powertools import Logger

from chalicelib.config import settings
from chalicelib.domain.nummers import lijkt_op_pgn
from chalicelib.sender import CORRELATIE

log = Logger(service="oso-uitwisseldienst", level="INFO", log_uncaught_exceptions=False)
KOP = "X-Correlation-Id"
_RUIMTE = "oso"
_VAN_ONS = "chalicelib"
_STAGE = "stage"
_UITKOMST = ("aantal", "Count", ("event", "code"))


def regel(event: str, code: str, *, mislukt: str = "", waarschuwing: bool = False, **velden: Any) -> None:
    """Write the line of one request, message or run: what it was and what came of it, counted per `code`.

    `mislukt`: the door at which we could not do what was asked for reasons of our own; that is counted too.
    """
    tellingen = [_UITKOMST, *([("mislukt", "Count", ("deur",))] if mislukt else [])]
    eigen = {"aantal": 1, **({"mislukt": 1, "deur": mislukt} if mislukt else {})}
    meet(event, tellingen, waarschuwing=waarschuwing, code=code, **eigen, **velden)


def meet(
    event: str,
    metingen: Iterable[tuple[str, str, tuple[str, ...]]],
    *,
    waarschuwing: bool = False,
    **velden: Any,
) -> None:
    """Write a line with these fields, of which some are metrics: name, unit and the fields by which it is split."""
    richtlijnen = [
        {"Namespace": _RUIMTE, "Dimensions": [[_STAGE, *per]], "Metrics": [{"Name": naam, "Unit": eenheid}]}
        for naam, eenheid, per in metingen
    ]
    kop = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": richtlijnen}
    inhoud = {"event": event, _STAGE: settings().stage, "correlation_id": CORRELATIE.get(), **velden, "_aws": kop}
    (log.warning if waarschuwing else log.info)(event, extra=inhoud)


def begin(koppen: Mapping[str, str] | None = None) -> str:
    """Start the work of one request or message: the id under which all its lines and calls stand.

    The caller's own where it is plain and holds no number of a person, else a new one. `koppen` in small letters.
    """
    waarde = (koppen or {}).get(KOP.lower(), "")
    kaal = waarde.replace("-", "")
    plain = 8 <= len(waarde) <= 64 and kaal.isascii() and kaal.isalnum() and not kaal.isdigit()
    goed = plain and not lijkt_op_pgn(waarde) and not lijkt_op_pgn(kaal)
    CORRELATIE.set(waarde if goed else uuid4().hex)
    return CORRELATIE.get()


def soort(fout: BaseException) -> str:
    """What kind of error of others this was, for the log: AWS's own code with the call; never its text."""
    antwoord, actie = getattr(fout, "response", None), getattr(fout, "operation_name", "")
    code = antwoord.get("Error", {}).get("Code", "") if isinstance(antwoord, dict) else ""
    return f"{actie}:{code}" if actie and code else type(fout).__name__


def plek(fout: BaseException) -> str:
    """Where in our source it broke: file and line of the innermost place, for whoever has only the log."""
    plekken = [
        f"{Path(deel.filename).name}:{deel.lineno}"
        for deel in extract_tb(fout.__traceback__)
        if _VAN_ONS in deel.filename
    ]
    return plekken[-1] if plekken else ""
