"""The only clock. In the sandbox it may start at another moment (`OSO_KLOK`)."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.config import settings

NEDERLAND = ZoneInfo("Europe/Amsterdam")
_BEGIN = time.monotonic()


def nu() -> datetime:
    """Now, in Dutch time: texts of the manual show it as it is (R16)."""
    klok = settings().klok
    if klok is None:
        return datetime.now(NEDERLAND)
    return (klok + timedelta(seconds=time.monotonic() - _BEGIN)).astimezone(NEDERLAND)
