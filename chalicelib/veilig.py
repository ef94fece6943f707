"""No unsafe value can reach production: what stands against starting with these settings.

Nothing here prints a value; a setting is named by its variable alone.
"""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import urlsplit

from chalicelib.config import OMGEVING, pem

Env = Mapping[str, str]
Check = Callable[[Env], bool]

MINSTE_SLEUTEL = 32
_PROEF = re.compile(rb"sandbox|test-?ca|\btest\b|localhost", re.IGNORECASE)
_PROEF_OIN = "99999999"
_PROEFNAMEN = (".test", ".invalid", ".example", ".localhost", ".local", ".internal")


def bezwaren(env: Env, later: Collection[str] = ()) -> tuple[str, ...]:
    """Every reason not to start in production with this environment: `VARIABELE: waarom`, in Dutch; none is empty.

    `later`: variables that are not known yet, such as what stands in the secret; judged when the process starts.
    """
    return tuple(
        f"{naam}: {waarom}" for naam, waarom, onveilig in _TABEL if naam not in later and _faalt(onveilig, env)
    )


def eis_veilig(env: Env = OMGEVING) -> None:
    """Refuse to start: RuntimeError with every reason. Stages `sandbox` and `dev` may start with anything."""
    if env.get("OSO_STAGE", "prod") in ("sandbox", "dev"):
        return
    if redenen := bezwaren(env):
        raise RuntimeError("Deze installatie start niet:\n" + "\n".join(redenen))


def _faalt(onveilig: Check, env: Env) -> bool:
    """Whether a check says no; a value that cannot even be read is no better."""
    try:
        return onveilig(env)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, binascii.Error):
        return True


def _deuren(env: Env) -> set[str]:
    return set(env.get("OSO_DEUREN", "portal,wire").split(","))


def _portaal(check: Check) -> Check:
    """A check that matters where tokens are read."""
    return lambda env: "portal" in _deuren(env) and check(env)


def _json(env: Env, naam: str) -> list[dict[str, object]]:
    waarde = json.loads(env.get(naam, ""))
    return list(waarde)


def is_proefadres(url: str) -> bool:
    """Whether a url is not https, or leads to nothing on the public internet by its own words."""
    delen = urlsplit(url)
    gastheer = (delen.hostname or "").lower()
    if delen.scheme != "https" or not gastheer:
        return True
    try:
        return not ipaddress.ip_address(gastheer).is_global
    except ValueError:
        return gastheer == "localhost" or "." not in gastheer or gastheer.endswith(_PROEFNAMEN)


def _peppers(env: Env) -> Iterable[bytes]:
    return [base64.b64decode(sleutel, validate=True) for sleutel in json.loads(env["OSO_PEPPER"]).values()]


def _zwak(sleutel: bytes) -> bool:
    """Too short, or one octet over and over."""
    return len(sleutel) < MINSTE_SLEUTEL or len(set(sleutel)) < 8


def _proefcertificaat(naam: str) -> Check:
    """A file of certificates that names a test authority, or is not there. Names stand readable in DER."""

    def check(env: Env) -> bool:
        delen = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", pem(env[naam]), re.DOTALL)
        return not delen or any(_PROEF.search(base64.b64decode(deel)) for deel in delen)

    return check


def _domein(deur: str) -> Check:
    """A door that is open must have a domain of its own."""
    naam = f"OSO_DOMEIN_{deur.upper()}"
    return lambda env: (
        deur in _deuren(env) and (is_proefadres(f"https://{env.get(naam, '')}") or ".execute-api." in env[naam])
    )


_TABEL: tuple[tuple[str, str, Check], ...] = (
    ("OSO_KLOK", "de klok is verzet", lambda env: bool(env.get("OSO_KLOK"))),
    (
        "AWS_REGION",
        "de regio ligt niet in de EU",
        lambda env: not env.get("AWS_REGION", env.get("AWS_DEFAULT_REGION", "")).startswith("eu-"),
    ),
    (
        "AWS_ENDPOINT_URL",
        "AWS wordt nagebootst",
        lambda env: any(naam.startswith("AWS_ENDPOINT_URL") and waarde for naam, waarde in env.items()),
    ),
    (
        "OSO_GEHEIMEN",
        "sleutels en certificaten staan leesbaar in de omgeving, niet in een geheim",
        lambda env: not env.get("OSO_GEHEIMEN"),
    ),
    ("OSO_KMS_SLEUTEL", "er is geen sleutel om nummers mee te versleutelen", lambda env: not env["OSO_KMS_SLEUTEL"]),
    (
        "OSO_PEPPER",
        f"een pepper is korter dan {MINSTE_SLEUTEL} octetten of raadbaar, of er is er geen",
        lambda env: not _peppers(env) or any(map(_zwak, _peppers(env))),
    ),
    (
        "OSO_PEPPER_SCHRIJFT",
        "dit is de versie van een pepper die er niet is",
        lambda env: (
            bool(env.get("OSO_PEPPER_SCHRIJFT")) and env["OSO_PEPPER_SCHRIJFT"] not in json.loads(env["OSO_PEPPER"])
        ),
    ),
    (
        "OSO_ZOEKSLEUTEL_PROVIDER",
        "dit is de zoeksleutelprovider van de sandbox",
        lambda env: env.get("OSO_ZOEKSLEUTEL_PROVIDER", "sandbox") in ("", "sandbox"),
    ),
    (
        "OSO_ZOEKSLEUTEL",
        f"de sleutel is korter dan {MINSTE_SLEUTEL} octetten of raadbaar",
        lambda env: _zwak(base64.b64decode(env["OSO_ZOEKSLEUTEL"], validate=True)),
    ),
    (
        "OSO_ISSUERS",
        "een uitgever van tokens is die van de sandbox, of er is er geen",
        _portaal(
            lambda env: (
                not _json(env, "OSO_ISSUERS")
                or any(
                    is_proefadres(str(een["iss"])) or "sandbox" in str(een["aud"]) for een in _json(env, "OSO_ISSUERS")
                )
            )
        ),
    ),
    ("OSO_TC_URL", "het Traffic Center is niet over https op internet", lambda env: is_proefadres(env["OSO_TC_URL"])),
    ("OSO_WIRE_URL", "het eigen adres is niet over https op internet", lambda env: is_proefadres(env["OSO_WIRE_URL"])),
    ("OSO_TC_CA", "het vertrouwde certificaat is van een test-CA", _proefcertificaat("OSO_TC_CA")),
    ("OSO_CLIENT_CERT", "het eigen certificaat is van een test-CA", _proefcertificaat("OSO_CLIENT_CERT")),
    (
        "OSO_LEVERANCIERS",
        "een leverancier heeft een certificaat van een test-CA of een proef-OIN",
        lambda env: any(
            _PROEF.search(str(een["issuer"]).encode()) or str(een["oin"]).startswith(_PROEF_OIN)
            for een in _json(env, "OSO_LEVERANCIERS")
        ),
    ),
    ("OSO_DOMEIN_PORTAL", "de portaaldeur heeft geen eigen domein", _domein("portal")),
    ("OSO_DOMEIN_WIRE", "de OSO-deur heeft geen eigen domein", _domein("wire")),
)
"""Per variable: what is wrong, and when."""
