"""The leaves of many roots, kept on disk: an auditor's machine need not hold them in memory."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bladen:
    """Which leaf stands in which roots (numbered oldest first), and which of them was found again in the tables."""

    db: sqlite3.Connection

    @classmethod
    def open(cls, path: Path) -> "Bladen":
        """An empty collection in this file."""
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA synchronous = OFF")
        db.execute(
            "CREATE TABLE blad (hash BLOB PRIMARY KEY, eerste INT, laatste INT, gezien INT DEFAULT 0) WITHOUT ROWID"
        )
        db.execute("CREATE TABLE kop (onderwerp TEXT PRIMARY KEY, aantal INT, hash TEXT, soort TEXT) WITHOUT ROWID")
        return cls(db)

    def voeg_toe(self, wortel: int, bladen: Iterable[bytes]) -> None:
        """Take in leaves of a root; roots come oldest first."""
        self.db.execute("BEGIN")
        self.db.executemany(
            "INSERT INTO blad (hash, eerste, laatste) VALUES (?, ?, ?) "
            "ON CONFLICT (hash) DO UPDATE SET laatste = excluded.laatste",
            ((blad, wortel, wortel) for blad in bladen),
        )
        self.db.execute("COMMIT")

    def zie(self, blad: bytes) -> tuple[int, int] | None:
        """Mark a leaf as found again; the first and the last root in which it stands, or None."""
        row = self.db.execute("UPDATE blad SET gezien = 1 WHERE hash = ? RETURNING eerste, laatste", (blad,)).fetchone()
        return (int(row[0]), int(row[1])) if row else None

    def ongezien(self) -> tuple[int, int, int]:
        """How many leaves were not found again, and in which roots the first and the last of them stand."""
        aantal, eerste, laatste = self.db.execute(
            "SELECT COUNT(*), COALESCE(MIN(eerste), 0), COALESCE(MAX(laatste), 0) FROM blad WHERE gezien = 0"
        ).fetchone()
        return int(aantal), int(eerste), int(laatste)

    def onthoud_kop(self, onderwerp: str, aantal: int, hash_: str, soort: str) -> None:
        """What the state table says about a chain: its head (`LEEFT`), or that it is being destroyed (`WEG`)."""
        self.db.execute(
            "INSERT INTO kop VALUES (?, ?, ?, ?) ON CONFLICT (onderwerp) DO UPDATE SET aantal = excluded.aantal, "
            "hash = excluded.hash, soort = excluded.soort WHERE excluded.aantal > kop.aantal OR excluded.soort = 'WEG'",
            (onderwerp, aantal, hash_, soort),
        )

    def neem_kop(self, onderwerp: str) -> tuple[int, str, str] | None:
        """The same back, once."""
        row = self.db.execute(
            "DELETE FROM kop WHERE onderwerp = ? RETURNING aantal, hash, soort", (onderwerp,)
        ).fetchone()
        return (int(row[0]), str(row[1]), str(row[2])) if row else None

    def over(self) -> list[str]:
        """Chains of which the state table has a head, and nobody asked: their entries are gone. At most a hundred."""
        vraag = "SELECT onderwerp FROM kop WHERE soort = 'LEEFT' ORDER BY onderwerp LIMIT 100"
        return [str(row[0]) for row in self.db.execute(vraag)]
