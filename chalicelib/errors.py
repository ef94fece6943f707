"""Every error this service raises on purpose, and the Melding that explains one.

OsoError
├── Invalid      the caller sent something we cannot read, or a field of it is wrong
├── NotFound     there is no such thing, or it is not yours to see
├── Refused      understood, but the rules of OSO say no
├── Conflict     somebody else changed it first; read again and retry
├── PeerError    the other side broke the protocol, or refused; do not retry
└── Unavailable  the other side did not answer; retry later

A refusal that the protocol itself names (LEERLING_NIET_BEKEND and so on) is
not an error: it is a `Resultaat`, an ordinary answer. No message below may
carry a pgn, a name or any other personal data: messages end up in logs.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Melding:
    """One remark about one place, for a person who must act on it (`api.md`, Melding).

    `code` is a rule id for the standard and an upper-case code elsewhere; `pad` points at the
    place; `waarde` is masked by whoever makes the Melding where it is a number or a secret.
    """

    code: str
    tekst: str
    pad: str = ""
    waarde: str = ""
    toegestaan: str = ""
    wat_nu: str = ""
    ernst: str = "fout"

    @property
    def is_fout(self) -> bool:
        return self.ernst == "fout"

    def __repr__(self) -> str:
        """Show code and place only: the value may be personal, and a repr ends up in logs."""
        return f"Melding({self.code!r}, pad={self.pad!r}, ernst={self.ernst!r})"


class OsoError(Exception):
    """Base of all of them: a stable upper-case `code`, and what to tell the person who caused it.

    `wacht`: after how many seconds it makes sense to try again, where that is known.
    """

    def __init__(self, code: str, detail: str = "", meldingen: Iterable[Melding] = (), *, wacht: int = 0) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.wacht = wacht
        self.code = code
        self.detail = detail
        self.meldingen = tuple(meldingen)


class Invalid(OsoError):
    """The caller sent something we cannot read, or a field of it is wrong."""


class NotFound(OsoError):
    """There is no such thing, or it is not yours to see."""


class Refused(OsoError):
    """Understood, but the rules of OSO say no."""


class Conflict(OsoError):
    """Somebody else changed it first; read again and retry."""


class PeerError(OsoError):
    """The other side broke the protocol, or refused; do not retry."""


class Unavailable(OsoError):
    """The other side did not answer; retry later."""
