"""`python -m infra.vault STAGE NAME=FILE...`: fill the secret that the functions of a stage read when they start.

NAME: client_cert, client_key, tc_ca (PEM), zoeksleutel (base64), issuers, leveranciers (JSON as in the README), each
from a file; `pepper=new` makes the first pepper. What is not named stays. Nothing that it prints is a value. Functions
that run already go on with what they read until `make deploy`, which starts new ones.
"""

import base64
import json
import re
import secrets
import ssl
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.config import IN_GEHEIM, Settings
from chalicelib.veilig import MINSTE_SLEUTEL
from infra.stage import reason, run, secret_name

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)
_NAMES = {naam.removeprefix("OSO_").lower(): naam for naam in IN_GEHEIM if naam != "OSO_PEPPER_SCHRIJFT"}
_LARGEST = 65_536
_ABSENT = "ResourceNotFoundException"


class VaultError(ValueError):
    """What was given cannot be right; the text says which and why, and holds no value."""


def main(arguments: list[str]) -> int:
    """Read, merge, check and write; 1 and the reason when something is wrong, nothing is written then."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 1
    stage, *given = arguments
    return run(lambda: _fill(boto3.client("secretsmanager"), secret_name(stage), given))


def _fill(client: Any, naam: str, given: list[str]) -> int:
    try:
        kept = current(client, naam)
        new = merged(kept, dict(_pair(one) for one in given))
    except (VaultError, OSError) as error:
        print(f"niets gewijzigd: {error}")
        return 1
    client.put_secret_value(SecretId=naam, SecretString=json.dumps(new))
    print(f"{naam}: {', '.join(sorted(name for name in new if new[name] != kept.get(name)))}")
    return 0


def current(client: Any, naam: str) -> dict[str, Any]:
    """What stands in a secret; nothing in one that was never filled.

    Raises VaultError when there is no such secret, and when it has a value that we cannot read: what is written
    replaces the whole, so whoever cannot read it would throw the rest away.
    """
    try:
        filled = client.describe_secret(SecretId=naam).get("VersionIdsToStages")
    except ClientError as error:
        if (code := reason(error)) != _ABSENT:
            raise VaultError(f"het geheim {naam} is niet te vinden ({code}). Controleer de rechten") from None
        raise VaultError(f"er is geen geheim {naam}: rol eerst de portaaldeur uit") from None
    try:
        found = client.get_secret_value(SecretId=naam)
        kept: dict[str, Any] = json.loads(found.get("SecretString") or found.get("SecretBinary") or "{}")
    except ClientError as error:
        if (code := reason(error)) != _ABSENT or filled:
            raise VaultError(
                f"wat er staat is niet leesbaar ({code}). Controleer de KMS-sleutel en de rechten"
            ) from None
        return {}
    except ValueError:
        raise VaultError("wat er staat is geen JSON") from None
    return kept


def merged(kept: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """What must stand in the secret now. `given`: name to file, or pepper to `new`. Raises VaultError, OSError."""
    if unknown := sorted(set(given) - set(_NAMES)):
        raise VaultError(f"onbekend: {', '.join(unknown)}")
    new = {**kept, **{_NAMES[name]: _read(name, value, kept) for name, value in given.items()}}
    _fits(new)
    if len(json.dumps(new)) > _LARGEST:
        raise VaultError("samen groter dan een geheim kan zijn (64 kB)")
    return new


def _pair(argument: str) -> tuple[str, str]:
    name, _, value = argument.partition("=")
    return name, value


def _read(name: str, value: str, kept: Mapping[str, Any]) -> Any:
    if name == "pepper":
        if value != "new" or kept.get("OSO_PEPPER"):
            raise VaultError("pepper: alleen `pepper=new`, en alleen als er nog geen is")
        return {"1": base64.b64encode(secrets.token_bytes(32)).decode()}
    text = Path(value).read_text("utf-8").strip()
    if name in ("issuers", "leveranciers"):
        return _as_json(name, text)
    return _key(text) if name == "zoeksleutel" else _blocks(name, text)


def _key(text: str) -> str:
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:
        octets = b""
    if len(octets) < MINSTE_SLEUTEL:
        raise VaultError(f"zoeksleutel: geen base64 van ten minste {MINSTE_SLEUTEL} octetten")
    return text


def _as_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise VaultError(f"{name}: geen JSON") from None


def _blocks(name: str, text: str) -> str:
    """The PEM blocks of a file, without what tools write around them."""
    found = [(one[1], one[0]) for one in _PEM.finditer(text)]
    wanted = "PRIVATE KEY" if name == "client_key" else "CERTIFICATE"
    if not found or not all(kind.endswith(wanted) for kind, _ in found):
        raise VaultError(f"{name}: geen PEM met alleen {wanted}")
    return "\n".join(block for _, block in found) + "\n"


def _fits(new: Mapping[str, Any]) -> None:
    """Whether the app can read it, and the key belongs to the certificate."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in new.items()}
    try:
        Settings.from_env(texts)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultError("een van de waarden is niet leesbaar voor de dienst") from None
    if "OSO_CLIENT_CERT" in texts and "OSO_CLIENT_KEY" in texts:
        with tempfile.TemporaryDirectory() as folder:
            both = Path(folder, "pem")
            both.write_text(texts["OSO_CLIENT_CERT"] + texts["OSO_CLIENT_KEY"])
            try:
                ssl.create_default_context().load_cert_chain(both)
            except ssl.SSLError:
                raise VaultError("client_key hoort niet bij client_cert") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
