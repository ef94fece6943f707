"""What a check finds, and what it looks at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.config import Settings

OK, LET_OP, MIS = "OK", "LET OP", "MIS"


@dataclass(frozen=True)
class Bevinding:
    """What one check found, and for what is wrong what to do."""

    stand: str
    naam: str
    tekst: str

    def __str__(self) -> str:
        return f"{self.stand} {self.naam}: {self.tekst}"


@dataclass(frozen=True)
class Patient:
    """What is looked at: the environment, and the clients of AWS by the name of the service."""

    env: Mapping[str, str]
    client: Callable[[str], Any]
    nu: datetime
    brin: str | None = None
    zonder_geheim: bool = False
    """Whether the secret could not be read: then nothing is said of what stands there."""

    @property
    def settings(self) -> Settings:
        """The settings as the app reads them."""
        return Settings.from_env(self.env)


Check = Callable[[Patient], Iterator[Bevinding]]


def per_eis(naam: str, fouten: list[str]) -> Iterator[Bevinding]:
    """A finding for each thing that is wrong, or one that all is well."""
    yield from (Bevinding(MIS, naam, fout) for fout in fouten)
    if not fouten:
        yield Bevinding(OK, naam, "in orde")
