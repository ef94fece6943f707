"""The secret that the functions read when they start: whether we can read it too, and whether they read this one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import met_geheim
from infra.doctor.finding import LET_OP, MIS, OK, Bevinding
from infra.stage import VERSION, reason

_NAAM = "geheim"
_VUL = "Vul het met python -m infra.vault."
_NIET_UITGEROLD = "gewijzigd na het uitrollen: wie eerder startte leest nog het vorige. Draai make deploy."


def lees(env: Mapping[str, str], client: Callable[[str], Any]) -> tuple[dict[str, str] | None, list[Bevinding]]:
    """The settings in the secret that `env` names, None when they cannot be read; and what is to be said of it."""
    if not env.get("OSO_GEHEIMEN"):
        return {}, []
    try:
        secrets = client("secretsmanager")
        tekst = secrets.get_secret_value(SecretId=env["OSO_GEHEIMEN"]).get("SecretString")
        if not tekst:
            return None, [Bevinding(MIS, _NAAM, f"is leeg. {_VUL}")]
        gelezen = met_geheim(env, lambda _: str(tekst))
    except ValueError:
        return None, [Bevinding(MIS, _NAAM, "bevat geen JSON met instellingen. Herstel de versie van hiervoor.")]
    except (BotoCoreError, ClientError) as fout:
        return None, [Bevinding(MIS, _NAAM, f"niet leesbaar ({reason(fout)}). {_wat_nu(reason(fout))}")]
    return gelezen, list(_versie(env, secrets))


def _wat_nu(code: str) -> str:
    if code == "ResourceNotFoundException":
        return _VUL
    return "Vul het niet opnieuw: kijk naar de regel over de KMS-sleutel en naar de rechten."


def _versie(env: Mapping[str, str], secrets: Any) -> Iterator[Bevinding]:
    """Only of a deployed stage is it known with which version it was deployed."""
    if VERSION in env:
        try:
            goed = is_uitgerold(env, secrets)
        except (BotoCoreError, ClientError) as fout:
            yield Bevinding(LET_OP, _NAAM, f"leesbaar; of het is uitgerold niet te zien ({reason(fout)}).")
            return
        yield Bevinding(OK, _NAAM, "leesbaar, en uitgerold") if goed else Bevinding(LET_OP, _NAAM, _NIET_UITGEROLD)


def is_uitgerold(env: Mapping[str, str], secrets: Any) -> bool:
    """Whether both doors were deployed with the version that the secret has now. Raises ClientError."""
    versies = secrets.describe_secret(SecretId=env["OSO_GEHEIMEN"]).get("VersionIdsToStages", {})
    return "AWSCURRENT" in versies.get(env[VERSION], ())
