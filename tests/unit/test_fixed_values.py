"""What is written in rows, sent over the wire or promised to portals: it may grow, and never change.

Old rows are read by new code, and a portal acts on a code. `fixed_values.txt` holds every value; a line of it that no
longer fits is a break for somebody who is not in this repository.
"""

import dataclasses
import enum
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import chalicelib.domain
import chalicelib.messages
from chalicelib.domain.resultaat import RESULTATEN
from chalicelib.domain.teksten import TEKSTEN
from chalicelib.domain.termijnen import SOORTEN
from chalicelib.gegevensset import regels
from chalicelib.gegevensset.regel import REGELS

assert regels.__name__  # importing it filled the register of rules
_LINES = Path(__file__).with_name("fixed_values.txt").read_text().splitlines()


def _classes() -> Iterator[tuple[str, type]]:
    for package in (chalicelib.domain, chalicelib.messages):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for name, value in vars(module).items():
                if isinstance(value, type) and value.__module__ == module.__name__:
                    yield f"{found.name}.{name}", value


def _defaults(kind: type) -> Iterator[str]:
    """What a row without this field is read as."""
    for one in dataclasses.fields(kind):
        if isinstance(one.default, str | int | tuple | None):
            yield f"{one.name}={one.default!s}"


def fixed() -> Iterator[str]:
    """A line per kind of value. `hidden`: what never shows in a repr, and so in no log, since it is of a pupil."""
    for name, kind in _classes():
        if issubclass(kind, enum.Enum):
            yield f"{name}: {' '.join(str(one.value) for one in kind)}"
        elif dataclasses.is_dataclass(kind) and (
            hidden := [one.name for one in dataclasses.fields(kind) if not one.repr]
        ):
            yield f"hidden {name}: {' '.join(hidden)}"
    for name, kind in _classes():
        if dataclasses.is_dataclass(kind) and (given := [*_defaults(kind)]):
            yield f"default {name}: {' '.join(given)}"
    yield from (f"code {code}" for code in sorted(TEKSTEN))
    yield from (f"resultaat {one.code} {one.wire}" for one in RESULTATEN.values())
    yield f"vernietigd: {', '.join(SOORTEN)}"
    yield from (
        f"regel {one.sleutel}: {'live' if one.levend else 'dead'} {one.ernst} {one.vanaf or '-'}..{one.tot} "
        f"{'|'.join(one.families)} {one.toegestaan}".rstrip()
        for one in REGELS
    )


@cache
def _now() -> dict[str, str]:
    return {name: values for name, _, values in (one.partition(": ") for one in fixed())}


@pytest.mark.parametrize("line", _LINES)
def test_a_value_that_others_know_is_still_there(line: str) -> None:
    name, _, values = line.partition(": ")
    now = _now()
    assert name in now, f"{name} is gone: whoever reads or sends it breaks"
    missing = set(values.split()) - set(now[name].split())
    assert not missing, f"{name} no longer has {missing}"


if __name__ == "__main__":  # `python -m tests.unit.test_fixed_values > tests/unit/fixed_values.txt` adds what is new
    print(*fixed(), sep="\n")
