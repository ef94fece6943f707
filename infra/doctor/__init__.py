"""`python -m infra.doctor [BRIN] [--bundel FILE.zip] [--stage NAME]`: is this installation well? Exit 1 if not, else 0.

One line per check, `OK|LET OP|MIS naam: tekst`. Reads the settings of the stage that was deployed, or without one from
the environment as the app does, and changes nothing. With a BRIN it asks the Traffic Center for the aanleverpunten of
that school too. `--bundel` writes what a supplier needs to help, without personal data. Nothing that it says is a
secret, a number of a person or a name.
"""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.doctor import aws, outside
from infra.doctor.finding import LET_OP, MIS, OK, Bevinding, Check, Patient

__all__ = ["CHECKS", "LET_OP", "MIS", "OK", "Bevinding", "Patient", "onderzoek", "open_client"]

CHECKS: Mapping[str, Check] = {
    "instellingen": outside.instellingen,
    "bewaartermijnen": outside.termijnen,
    "pepper": outside.peppers,
    "tabellen": aws.tabellen,
    "bucket": aws.bucket,
    "wachtrijen": aws.wachtrijen,
    "wachtend werk": aws.leeftijd,
    "opruimen": aws.opruimen,
    "KMS-sleutel": aws.kms,
    "wortels": aws.wortels,
    "certificaten": outside.certificaten,
    "uitgevers": outside.uitgevers,
    "Traffic Center": outside.traffic_center,
}
_UIT_GEHEIM = ("pepper", "certificaten", "uitgevers", "Traffic Center")
"""Checks of what stands in the secret."""


def onderzoek(p: Patient) -> list[Bevinding]:
    """Every check, each by itself: one that cannot even be done is a finding, and the rest goes on."""
    return [bevinding for naam, check in CHECKS.items() for bevinding in _doe(naam, check, p)]


def _doe(naam: str, check: Check, p: Patient) -> list[Bevinding]:
    if p.zonder_geheim and naam in _UIT_GEHEIM:
        return [Bevinding(LET_OP, naam, "niet te beoordelen zolang het geheim niet leesbaar is.")]
    try:
        return list(check(p))
    except ClientError as fout:
        code = fout.response["Error"]["Code"]
        return [Bevinding(MIS, naam, f"AWS weigert: {code}. Controleer de naam in de instellingen en de rechten.")]
    except BotoCoreError as fout:
        return [Bevinding(MIS, naam, f"AWS is niet te bereiken ({type(fout).__name__}).")]
    except (ValueError, KeyError, TypeError):
        return [Bevinding(MIS, naam, "een instelling is niet leesbaar. Zie de regels over instellingen.")]


def open_client() -> Callable[[str], Any]:
    """Clients of one session, that do not wait long."""
    sessie: Any = boto3.Session()
    config = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2, "mode": "standard"})
    return lambda dienst: sessie.client(dienst, config=config)
