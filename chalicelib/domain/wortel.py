"""The root of all chains of the mutatielog: what is signed every night, and how a chain is held against it. Pure.

A root commits to the head of every chain by a leaf per chain: SHA-256 over its name, its count and its last hash. A
leaf says nothing to who does not have that last entry already, so a root holds no personal data and can be given away.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.mutatielog import Ketenfout, Kop, Logregel

SPELING = timedelta(minutes=15)
"""An entry bears the moment its act began; it is written at most so much later."""


@dataclass(frozen=True)
class Deel:
    """One file of leaves: SHA-256 of its bytes (its name too), and how many."""

    sha256: str
    aantal: int


@dataclass(frozen=True)
class Wortel:
    """What is signed: the night, between which moments the heads were read, the files, and the root before it."""

    nacht: str
    begin: datetime
    einde: datetime
    delen: tuple[Deel, ...]
    vorige: str

    @property
    def aantal(self) -> int:
        """How many leaves there are: chains and tombstones."""
        return sum(deel.aantal for deel in self.delen)

    @property
    def hash(self) -> str:
        """The one hash over every leaf: SHA-256 over those of the files, in order."""
        return hashlib.sha256("".join(deel.sha256 for deel in self.delen).encode()).hexdigest()

    def bytes(self) -> bytes:
        """What the signature is over, in one canonical spelling."""
        return json.dumps(
            {
                "nacht": self.nacht,
                "begin": self.begin.isoformat(),
                "einde": self.einde.isoformat(),
                "delen": [[deel.sha256, deel.aantal] for deel in self.delen],
                "aantal": self.aantal,
                "wortel": self.hash,
                "vorige": self.vorige,
            },
            separators=(",", ":"),
            sort_keys=True,
        ).encode()


def lees_wortel(inhoud: Mapping[str, object]) -> Wortel:
    """What `Wortel.bytes` wrote, parsed as JSON. ValueError, KeyError or TypeError for anything else."""
    delen = inhoud["delen"]
    if not isinstance(delen, list):
        raise TypeError("delen")
    return Wortel(
        str(inhoud["nacht"]),
        datetime.fromisoformat(str(inhoud["begin"])),
        datetime.fromisoformat(str(inhoud["einde"])),
        tuple(Deel(str(sha), int(aantal)) for sha, aantal in delen),
        str(inhoud["vorige"]),
    )


def blad(onderwerp: str, kop: Kop) -> bytes:
    """The leaf of a chain with this head: 32 octets."""
    return hashlib.sha256(f"{onderwerp}\0{kop.aantal}\0{kop.hash}".encode()).digest()


def grafblad(onderwerp: str, kop: Kop, laatste_op: str, vernietigd_op: str) -> bytes:
    """The leaf of the tombstone of a chain that is gone; by the root of that night the tombstone is signed."""
    tekst = f"graf\0{onderwerp}\0{kop.aantal}\0{kop.hash}\0{laatste_op}\0{vernietigd_op}"
    return hashlib.sha256(tekst.encode()).digest()


def controleer_dekking(
    regels: Sequence[Logregel], gevonden: Mapping[int, tuple[int, int]], wortels: Sequence[Wortel]
) -> tuple[Ketenfout, ...]:
    """Hold a chain against the roots (oldest first): whether each that must know it does, as it stands here.

    `gevonden`: by volgnummer, in which roots (first, last) the leaf of that head stands. A chain that was written anew
    has other hashes from the first altered entry on, so the roots of before do not know it; an entry that was put in
    later with an older date stands behind a head that a root of after that date still knew as the last.
    """
    if not regels:
        return ()
    momenten = [datetime.fromisoformat(regel.op) for regel in regels]
    fouten = [
        Ketenfout(nummer + 1, "REGEL_ACHTERAF", "De regel is later toegevoegd dan er staat.")
        for nummer, (_, laatste) in gevonden.items()
        if nummer < len(regels) and momenten[nummer] <= wortels[laatste].begin - SPELING
    ]
    gedekt = {plaats for eerste, laatste in gevonden.values() for plaats in range(eerste, laatste + 1)}
    moet = [n for n, wortel in enumerate(wortels) if momenten[0] <= wortel.begin - SPELING]
    if gemist := [n for n in moet if n not in gedekt]:
        vast = max((nummer for nummer, (eerste, _) in gevonden.items() if eerste < gemist[0]), default=0)
        nacht = wortels[gemist[0]].nacht
        tekst = (
            f"De keten is anders dan is ondertekend in de nacht van {nacht}; vast staat hij tot en met regel {vast}."
        )
        fouten.append(Ketenfout(vast + 1, "KETEN_NIET_ONDERTEKEND", tekst))
    return tuple(fouten)
