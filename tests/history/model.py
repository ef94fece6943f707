"""What one dossier, one number and the settings of one school are, by the rules of the manual alone, one act at a time.

Written beside the product and not from it: three small state machines that answer each act as the service must. An act
is a name with what it was given; its answer is what the actor was told.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

Answer = tuple[object, ...]
CHANGED: Answer = ("INTUSSEN_GEWIJZIGD",)


class Act(NamedTuple):
    """What somebody does: the word for it, and what goes with it (the ETag that was seen, a text, a pupil)."""

    word: str
    seen: int = 0
    text: str = ""


@dataclass(frozen=True)
class Card:
    """A dossier: its ETag, what was last saved, which version is collected, whether it was shown, and is open."""

    etag: int
    saved: str = ""
    number: int = 0
    collected: bool = False
    shown: bool = False
    open: bool = False


def card(now: Card, act: Act) -> tuple[Answer, Card]:
    """Chapters 3 and 7: what a card answers, and what it is then."""
    if act.word in ("save", "show") and act.seen != now.etag:
        return CHANGED, now
    answer, then = _CARD[act.word](now, act)
    return answer, replace(then, etag=now.etag + 1) if then is not now else now


def _look(now: Card, act: Act) -> tuple[Answer, Card]:
    return (now.etag, now.saved, now.number, now.collected, now.shown, now.open), now


def _save(now: Card, act: Act) -> tuple[Answer, Card]:
    return ("ok", now.etag + 1), replace(now, saved=act.text)


def _collect(now: Card, act: Act) -> tuple[Answer, Card]:
    """R54: every collection is a new version, that nobody was shown."""
    return ("ok", now.number + 1), replace(now, number=now.number + 1, collected=True, shown=False, open=False)


def _show(now: Card, act: Act) -> tuple[Answer, Card]:
    if not now.collected:
        return ("NIET_VERZAMELD",), now
    return ("ok", now.etag + 1), replace(now, shown=True)


def _set_ready(now: Card, act: Act) -> tuple[Answer, Card]:
    """R60, R62: only what was collected and shown."""
    if not now.collected:
        return ("NIET_VERZAMELD",), now
    if not now.shown:
        return ("INZAGE_ONTBREEKT",), now
    return ("ok",), replace(now, open=True)


def _set_ready_in_bulk(now: Card, act: Act) -> tuple[Answer, Card]:
    """15.14: what is open already is left out."""
    return (("STAAT_AL_KLAAR",), now) if now.open else _set_ready(now, act)


def _withdraw(now: Card, act: Act) -> tuple[Answer, Card]:
    return (("ok",), replace(now, open=False)) if now.open else (("NIET_KLAAR",), now)


def _fetch(now: Card, act: Act) -> tuple[Answer, Card]:
    """15.6: the version that is open, or why not."""
    if now.open:
        return ("ok", now.number), now
    return (
        "LEERLINGINFO_NIET_OPVRAAGBAAR" if now.collected and not now.shown else "LEERLINGINFO_NIET_BESCHIKBAAR",
    ), now


_CARD = {
    "look": _look,
    "save": _save,
    "collect": _collect,
    "show": _show,
    "ready": _set_ready,
    "bulk": _set_ready_in_bulk,
    "withdraw": _withdraw,
    "fetch": _fetch,
}


@dataclass(frozen=True)
class Number:
    """Which pupils of the school there are with one and the same number: never more than one."""

    owner: str = ""


def number(now: Number, act: Act) -> tuple[Answer, Number]:
    """R94: a number stands with one pupil at a time."""
    if act.word == "who":
        return (now.owner,), now
    if act.word == "remove":
        return (("ok",), Number()) if now.owner == act.text else (("LEERLING_NIET_GEVONDEN",), now)
    if now.owner == act.text:
        return ("IF_MATCH_ONTBREEKT",), now
    return (("PGN_IN_GEBRUIK",), now) if now.owner else (("ok",), Number(act.text))


@dataclass(frozen=True)
class Settings:
    """The settings of a school: their ETag, and what was last saved."""

    etag: int
    saved: str = ""


def settings(now: Settings, act: Act) -> tuple[Answer, Settings]:
    """Saving holds for who saw the newest ones."""
    if act.word == "look":
        return (now.etag, now.saved), now
    return (("ok",), Settings(now.etag + 1, act.text)) if act.seen == now.etag else (CHANGED, now)
