"""Numbers at rest: encrypted per school where we must read them again, an HMAC where we only look them up.

Nine digits can be guessed in a second, so a bare hash is no protection (house 7).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.nummers import Pgn, PgnType, Vestiging

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
else:
    KMSClient = object


EERSTE = "1"


def versie_van(sleutel: str) -> str:
    """The version of the pepper in a key of a row (`PGN#school#2#hmac`, `KOPPEL#2.hmac`) or in a fingerprint."""
    if sleutel.startswith("PGN#"):
        return sleutel.split("#")[2]
    versie, punt, _ = sleutel.rpartition("#")[2].partition(".")
    return versie if punt else EERSTE


@dataclass(frozen=True)
class Geheim:
    """The KMS key and the peppers. One pepper makes new keys: the newest, or while `schrijft` names one, that."""

    client: KMSClient
    kms_sleutel: str
    pepper: Mapping[str, bytes]
    schrijft: str = ""
    """The version that writes while a newer one is only read: as long as processes may live that know it not yet."""

    def versleutel(self, school: Vestiging, pgn: Pgn) -> str:
        """The number, to be read again only in the name of this school."""
        return self.versleutel_tekst(school, pgn.nummer)

    def versleutel_tekst(self, school: Vestiging, tekst: str) -> str:
        """Another secret (a koppelsleutel), to be read again only in the name of this school."""
        antwoord = self.client.encrypt(
            KeyId=self.kms_sleutel, Plaintext=tekst.encode(), EncryptionContext={"school": school.code}
        )
        return base64.b64encode(antwoord["CiphertextBlob"]).decode()

    def versleutel_alle(self, school: Vestiging, pgns: Sequence[Pgn]) -> list[str]:
        """Many numbers, each to be read again by itself: a request per number, eight at a time."""
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda pgn: self.versleutel(school, pgn), pgns))

    def ontsleutel_tekst(self, school: Vestiging, tekst: str) -> str:
        """The secret that was encrypted for this school."""
        antwoord = self.client.decrypt(
            KeyId=self.kms_sleutel, CiphertextBlob=base64.b64decode(tekst), EncryptionContext={"school": school.code}
        )
        return antwoord["Plaintext"].decode()

    def ontsleutel(self, school: Vestiging, tekst: str, type_: str) -> Pgn:
        """The number that was encrypted for this school."""
        return Pgn(PgnType(type_), self.ontsleutel_tekst(school, tekst))

    def welke(self, school: Vestiging, nummers: Sequence[tuple[str, str]], pgns: Set[Pgn]) -> list[bool]:
        """Of many encrypted numbers, each with its type, which are one of `pgns`: eight at a time."""
        types = {pgn.type.value for pgn in pgns}
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda een: een[1] in types and self.ontsleutel(school, *een) in pgns, nummers))

    def zoeksleutels(self, school: Vestiging, pgn: Pgn) -> tuple[str, ...]:
        """Under which keys this number may stand at this school, that of new ones first."""
        return tuple(
            f"PGN#{school}#{versie}#{self._hmac(versie, pgn.type.value, pgn.nummer)}" for versie in self._versies
        )

    def vingerafdruk(self, *delen: str) -> str:
        """An HMAC over any text under the pepper of new ones, for comparing what may not be kept (api.md, Writing)."""
        return self._afdruk(self._versies[0], *delen)

    def vingerafdrukken(self, *delen: str) -> tuple[str, ...]:
        """The same under every pepper, that of new ones first: what was kept may be older."""
        return tuple(self._afdruk(versie, *delen) for versie in self._versies)

    def is_oud(self, sleutel: str) -> bool:
        """Whether this key of a row, or fingerprint, was made under another pepper than new ones are."""
        return versie_van(sleutel) != self._versies[0]

    @property
    def zegelsleutels(self) -> tuple[bytes, ...]:
        """The keys under which cursors are sealed; the first seals new ones."""
        return tuple(self.pepper[versie] for versie in self._versies)

    @property
    def _versies(self) -> tuple[str, ...]:
        """The one that writes, then the newest to the oldest. A row only ever moves to the first."""
        return tuple(sorted(self.pepper, key=lambda versie: (versie == self.schrijft, int(versie)), reverse=True))

    def _afdruk(self, versie: str, *delen: str) -> str:
        """With the version of the pepper before it; without one it is the first, as rows of before have it."""
        afdruk = self._hmac(versie, *delen)
        return afdruk if versie == EERSTE else f"{versie}.{afdruk}"

    def _hmac(self, versie: str, *delen: str) -> str:
        return hmac.new(self.pepper[versie], "\0".join(delen).encode(), hashlib.sha256).hexdigest()
