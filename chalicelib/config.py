"""Settings: the only reader of the environment."""

import base64
import json
import os
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

_GEHEIM: dict[str, str] = {}
OMGEVING: Mapping[str, str] = ChainMap(_GEHEIM, os.environ)
"""What this process is told: its environment, and over that what `open_geheim` read."""
DEUREN = ("portal", "wire")
IN_GEHEIM = (
    "OSO_PEPPER",
    "OSO_PEPPER_SCHRIJFT",
    "OSO_ZOEKSLEUTEL",
    "OSO_CLIENT_CERT",
    "OSO_CLIENT_KEY",
    "OSO_TC_CA",
    "OSO_ISSUERS",
    "OSO_LEVERANCIERS",
)
"""What may stand in the secret that `OSO_GEHEIMEN` names; the last two for their size: an environment holds 4 kB."""
_PEM = "-----BEGIN "


def met_geheim(env: Mapping[str, str], lees: Callable[[str], str]) -> dict[str, str]:
    """The settings in the secret that `env` names; none when it names none. `lees` gives the text of a secret.

    Raises ValueError, without a value in it, when that is no JSON object of settings that may stand there.
    """
    naam = env.get("OSO_GEHEIMEN", "")
    if not naam:
        return {}
    try:
        gelezen = json.loads(lees(naam))
    except ValueError:
        raise ValueError("OSO_GEHEIMEN: het geheim is geen JSON") from None
    if not isinstance(gelezen, dict) or not set(gelezen) <= set(IN_GEHEIM):
        raise ValueError("OSO_GEHEIMEN: het geheim bevat iets anders dan instellingen die daar horen")
    return {deze: waarde if isinstance(waarde, str) else json.dumps(waarde) for deze, waarde in gelezen.items()}


def open_geheim(lees: Callable[[str], str]) -> None:
    """Read the secret once, when the process starts, before anything asks for settings."""
    _GEHEIM.update(met_geheim(OMGEVING, lees))


def pem(waarde: str) -> str:
    """A setting about certificates as text: it is the PEM itself, as in the secret, or the path of a file."""
    return waarde if waarde.startswith(_PEM) else Path(waarde).read_text("ascii", "ignore")


@dataclass(frozen=True)
class Issuer:
    """An OIDC issuer whose tokens we accept: its keys, and the vestigingen that it may speak for (api.md)."""

    iss: str
    aud: str
    scholen: frozenset[str]
    jwks: Mapping[str, Any]


@dataclass(frozen=True)
class Leverancier:
    """A supplier on the allow-list of the wire: issuer and OIN of its certificate, and what it may speak for (9b.7)."""

    issuer: str
    oin: str
    aanleverpunten: frozenset[str] | None
    """`14SS/0`, …; None: those that the overview of the Traffic Center names for this OIN."""
    platform: bool = False
    """Whether it is a regionaal platform: fetched from and delivered to only as 15.35 allows."""


@dataclass(frozen=True)
class Settings:
    """All settings. Names of fields follow the names of the variables, without `OSO_`."""

    stage: str
    deuren: frozenset[str]
    tabel_state: str
    tabel_mutatielog: str
    bucket: str
    queue_publicaties: str
    queue_aanvragen: str
    queue_zorgvragen: str
    kms_sleutel: str
    bucket_wortels: str
    kms_wortel: str
    pepper: Mapping[str, bytes]
    pepper_schrijft: str
    """The version that makes new keys while a newer one is only read (infra/rotate.py); empty: the newest."""
    issuers: tuple[Issuer, ...]
    tc_url: str
    tc_ca: str
    client_cert: str
    client_key: str
    zoeksleutel: bytes
    leveranciers: tuple[Leverancier, ...]
    wire_url: str
    profiel: str
    klok: datetime | None
    aanmeldweek: tuple[int, int]
    vragen_per_dag: int
    tempo: Mapping[str, int]
    """Requests in a minute: `portal` per school, `wire` per supplier."""
    termijnen: Mapping[str, int | str]
    zoeksleutel_provider: str
    domeinen: Mapping[str, str]
    """By door, the only domain name under which it answers; none: any, which production refuses to start with."""

    cors_origins: frozenset[str]

    @property
    def sandbox(self) -> bool:
        return self.stage == "sandbox"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = OMGEVING) -> "Settings":
        """Read every `OSO_*` variable. A missing one is empty: the room that needs it says so when it is used."""
        klok = env.get("OSO_KLOK", "")
        return cls(
            stage=env.get("OSO_STAGE", "prod"),
            deuren=frozenset(filter(None, env.get("OSO_DEUREN", "portal,wire").split(","))),
            tabel_state=env.get("OSO_TABEL_STATE", ""),
            tabel_mutatielog=env.get("OSO_TABEL_MUTATIELOG", ""),
            bucket=env.get("OSO_BUCKET", ""),
            queue_publicaties=env.get("OSO_QUEUE_PUBLICATIES", ""),
            queue_aanvragen=env.get("OSO_QUEUE_AANVRAGEN", ""),
            queue_zorgvragen=env.get("OSO_QUEUE_ZORGVRAGEN", ""),
            kms_sleutel=env.get("OSO_KMS_SLEUTEL", ""),
            bucket_wortels=env.get("OSO_BUCKET_WORTELS", ""),
            kms_wortel=env.get("OSO_KMS_WORTEL", ""),
            pepper={v: base64.b64decode(k) for v, k in json.loads(env.get("OSO_PEPPER", "{}")).items()},
            pepper_schrijft=env.get("OSO_PEPPER_SCHRIJFT", ""),
            issuers=tuple(_issuer(record) for record in json.loads(env.get("OSO_ISSUERS", "[]"))),
            tc_url=env.get("OSO_TC_URL", ""),
            tc_ca=env.get("OSO_TC_CA", ""),
            client_cert=env.get("OSO_CLIENT_CERT", ""),
            client_key=env.get("OSO_CLIENT_KEY", ""),
            zoeksleutel=base64.b64decode(env.get("OSO_ZOEKSLEUTEL", "")),
            leveranciers=tuple(_leverancier(record) for record in json.loads(env.get("OSO_LEVERANCIERS", "[]"))),
            wire_url=env.get("OSO_WIRE_URL", ""),
            profiel=env.get("OSO_PROFIEL", "18"),
            klok=datetime.fromisoformat(klok) if klok else None,
            vragen_per_dag=int(env.get("OSO_VRAGEN_PER_DAG", "500")),
            tempo={
                "portal": int(env.get("OSO_TEMPO_PORTAL", "1200")),
                "wire": int(env.get("OSO_TEMPO_WIRE", "3000")),
            },
            aanmeldweek=_maand_en_dag(env.get("OSO_AANMELDWEEK", "03-25")),
            termijnen=json.loads(env.get("OSO_TERMIJNEN", "{}")),
            zoeksleutel_provider=env.get("OSO_ZOEKSLEUTEL_PROVIDER", "sandbox"),
            cors_origins=frozenset(filter(None, env.get("OSO_CORS_ORIGINS", "").split(","))),
            domeinen={
                deur: env[f"OSO_DOMEIN_{deur.upper()}"] for deur in DEUREN if env.get(f"OSO_DOMEIN_{deur.upper()}")
            },
        )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.from_env()


def _maand_en_dag(tekst: str) -> tuple[int, int]:
    maand, _, dag = tekst.partition("-")
    return int(maand), int(dag)


def _issuer(record: Mapping[str, Any]) -> Issuer:
    return Issuer(record["iss"], record["aud"], frozenset(record["scholen"]), record["jwks"])


def _leverancier(record: Mapping[str, Any]) -> Leverancier:
    punten = record.get("aanleverpunten", "*")
    rest = None if punten == "*" else frozenset(punten)
    return Leverancier(record["issuer"], record["oin"], rest, bool(record.get("platform", False)))
