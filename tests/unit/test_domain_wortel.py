"""The root of all chains: its bytes are signed, so they never change, and what it says of a chain."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.mutatielog import Actie, Door, Kop, Logregel, Mutatie, schrijf_bij
from chalicelib.domain.wortel import SPELING, Deel, Wortel, blad, controleer_dekking, grafblad, lees_wortel
from tests.pupil import NOW

ROOT = Wortel("2026-06-10", NOW, NOW + timedelta(minutes=2), (Deel("aa", 3), Deel("bb", 4)), "vorige")


def test_the_bytes_that_are_signed() -> None:
    both = hashlib.sha256(b"aabb").hexdigest()
    assert (ROOT.aantal, ROOT.hash, SPELING) == (7, both, timedelta(minutes=15))
    assert ROOT.bytes().decode() == (
        f'{{"aantal":7,"begin":"{NOW.isoformat()}","delen":[["aa",3],["bb",4]],'
        f'"einde":"{ROOT.einde.isoformat()}","nacht":"2026-06-10","vorige":"vorige","wortel":"{both}"}}'
    )
    assert lees_wortel(json.loads(ROOT.bytes())) == ROOT


@pytest.mark.parametrize(
    "change",
    [{"delen": "aa"}, {"delen": [["aa"]]}, {"delen": [["aa", "x"]]}, {"begin": "gisteren"}, {"einde": None}],
)
def test_what_is_no_root_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        lees_wortel(json.loads(ROOT.bytes()) | change)


def test_the_leaves() -> None:
    assert blad("DOSSIER#x", Kop(3, "h")) == hashlib.sha256(b"DOSSIER#x\x003\x00h").digest()
    assert grafblad("x", Kop(3, "h"), "l", "v") == hashlib.sha256(b"graf\x00x\x003\x00h\x00l\x00v").digest()


def _chain(*minutes: int) -> list[Logregel]:
    kop, rows = Kop(), []
    for minute in minutes:
        op = NOW + timedelta(minutes=minute)
        row, kop = schrijf_bij(kop, Mutatie(Actie.VERZAMELD, "DOSSIER#x", Door("14SS00", "s", "n"), op, {}))
        rows.append(row)
    return rows


def _root(minute: int, nacht: str = "n") -> Wortel:
    moment: datetime = NOW + timedelta(minutes=minute)
    return replace(ROOT, nacht=nacht, begin=moment, einde=moment)


def _found(*given: Any) -> list[tuple[int, str]]:
    return [(one.volgnummer, one.code) for one in controleer_dekking(*given)]


def test_a_chain_that_every_root_knows_is_right() -> None:
    rows, roots = _chain(0, 100), [_root(50), _root(90), _root(200)]
    assert _found(rows, {1: (0, 1), 2: (2, 2)}, roots) == []
    assert _found([], {}, roots) == []
    assert _found(rows, {}, []) == []


def test_a_root_from_before_the_chain_need_not_know_it() -> None:
    rows = _chain(0)
    assert _found(rows, {1: (1, 1)}, [_root(14), _root(15)]) == []
    assert _found(rows, {}, [_root(14)]) == []
    assert _found(rows, {}, [_root(15)]) == [(1, "KETEN_NIET_ONDERTEKEND")]


def test_a_chain_that_was_written_anew_is_known_up_to_where_it_is_still_the_same() -> None:
    rows, roots = _chain(0, 100, 200), [_root(50, "een"), _root(150, "twee"), _root(250, "drie")]
    assert _found(rows, {1: (0, 0)}, roots) == [(2, "KETEN_NIET_ONDERTEKEND")]
    (fault,) = controleer_dekking(rows, {1: (0, 0)}, roots)
    assert "nacht van twee" in fault.tekst
    assert "tot en met regel 1." in fault.tekst
    assert _found(rows, {3: (2, 2)}, roots) == [(1, "KETEN_NIET_ONDERTEKEND")]


def test_an_entry_that_was_put_in_later_with_an_older_date_is_named() -> None:
    roots = [_root(50), _root(150)]
    assert _found(_chain(0, 100), {1: (0, 1)}, roots) == [(2, "REGEL_ACHTERAF")]
    assert _found(_chain(0, 135), {1: (0, 1)}, roots) == [(2, "REGEL_ACHTERAF")]
    assert _found(_chain(0, 136), {1: (0, 1)}, roots) == []
    assert _found(_chain(0), {1: (0, 1)}, roots) == []
