"""The one session with AWS of this process, and the secret that it starts with."""

from functools import lru_cache
from typing import Any, cast

from botocore.config import Config
from botocore.session import get_session


@lru_cache(maxsize=1)
def sessie() -> Any:
    """The session for all clients: a second one costs 56 ms.

    Of botocore itself: boto3 around it loads what moves large files, and doubles the cold start of the wire.
    """
    return get_session()


def instelling(**anders: Any) -> Config:
    """How every client waits and tries again."""
    return Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 4, "mode": "standard"}, **anders)


def lees_geheim(naam: str) -> str:
    """The text of a secret in Secrets Manager, as it is now. Raises ClientError when it is not there or empty."""
    client = sessie().create_client("secretsmanager", config=instelling())
    return cast(str, client.get_secret_value(SecretId=naam)["SecretString"])
