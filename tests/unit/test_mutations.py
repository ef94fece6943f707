"""Structural damage of every kind, done to every place of a full dossier: always refused, always with its place.

The rules of the data standard have their own cases (`rule_cases.py`, `table_cases.py`); here the schema speaks.
"""

import copy
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from random import Random

import pytest
from lxml import etree

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.tabel import VERSIES, Element, standaard
from tests.unit.full_dossier import full, tree

Node = etree._Element
Damage = Callable[[Node, Element], str | None]
_WRONG = {
    "xs:boolean": ("ja", "TRUE", "2"),
    "xs:date": ("31-12-2018", "2019-02-30", "2019-01-01T00:00:00"),
    "xs:integer": ("1,5", "een", "1.0"),
    "xs:int": ("2147483648", "x"),
    "xs:decimal": ("7,5", "1e3"),
}


@cache
def _places(version: str) -> tuple[Node, tuple[tuple[int, Element], ...]]:
    """A valid dossier with every element that binnen BRIN allows, each once; where each stands, and its entry."""
    root = tree(full(version, Profiel.BB_POPO), version)
    numbers = {node: number for number, node in enumerate(root.iter())}
    return root, tuple((numbers[node], field) for node, field in _walk(root, standaard(version).wortel))


def _walk(node: Node, field: Element) -> Iterator[tuple[Node, Element]]:
    yield node, field
    for child in node:
        yield from _walk(child, field.bij_naam[etree.QName(child).localname])


def damaged(harm: Damage, version: str) -> Iterator[tuple[bytes, str]]:
    """The dossier damaged at each place where that is possible, one at a time, and the path of that place."""
    root, places = _places(version)
    for number, field in places:
        fresh = copy.deepcopy(root)
        path = harm(next(islice(fresh.iter(), number, None)), field)
        if path:
            yield etree.tostring(fresh), path


def _ns(node: Node, name: str) -> str:
    return f"{{{etree.QName(node).namespace}}}{name}"


def path_of(node: Node) -> str:
    return "/" + "/".join(etree.QName(n).localname for n in [*reversed(list(node.iterancestors())), node])


def _removed(node: Node, field: Element) -> str | None:
    parent = node.getparent()
    if parent is None or field.min == 0 or field.keuze:
        return None
    path = path_of(node)
    for twin in parent.findall(node.tag):
        parent.remove(twin)
    return path


def _doubled(node: Node, field: Element) -> str | None:
    if field.herhaalt or field.groep or node.getparent() is None:
        return None
    node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))
    return path_of(node)


def _unknown_child(node: Node, _: Element) -> str | None:
    etree.SubElement(node, _ns(node, "onbekend"))
    return path_of(node)


def _last_first(node: Node, field: Element) -> str | None:
    """A child before its elder sisters; inside a repeating group that starts with another child it is wrong too."""
    if not field.is_blok or len({child.tag for child in node}) < 2:
        return None
    node.insert(0, node[-1])
    return path_of(node)


def _wrong_type(node: Node, field: Element) -> str | None:
    if field.basis not in _WRONG:
        return None
    node.text = _WRONG[field.basis][len(path_of(node)) % len(_WRONG[field.basis])]
    return path_of(node)


def _breaks_facet(node: Node, field: Element) -> str | None:
    """Against the pattern, below the least length, above the greatest, beyond the bounds."""
    if "pattern" in field.facetten and field.basis == "xs:string":
        node.text = f"{node.text}x"
    elif "maxInclusive" in field.facetten:
        node.text = str(int(field.facetten["maxInclusive"]) + 1)
    elif "maxLength" in field.facetten:
        node.text = "x" * (int(field.facetten["maxLength"]) + 1)
    elif field.facetten.get("minLength", "0") != "0":
        node.text = None
    else:
        return None
    return path_of(node)


def _both_of_a_choice(node: Node, field: Element) -> str | None:
    for child in field.kinderen:
        there = node.find(f"{{*}}{child.naam}")
        others = [other for other in field.kinderen if other.keuze == child.keuze and other is not child]
        if child.keuze and there is not None and others:
            there.addnext(etree.Element(_ns(node, others[0].naam)))
            return path_of(node)
    return None


def _other_namespace(node: Node, _: Element) -> str | None:
    node.tag = f"{{urn:voorbeeld}}{etree.QName(node).localname}"
    return path_of(node)


def _attribute(node: Node, field: Element) -> str | None:
    node.set("onbekend", "x")
    return path_of(node)


def _text_between(node: Node, field: Element) -> str | None:
    if not field.is_blok:
        return None
    node.text = "losse tekst"
    return path_of(node)


DAMAGE: tuple[Damage, ...] = (
    _removed,
    _doubled,
    _unknown_child,
    _last_first,
    _wrong_type,
    _breaks_facet,
    _both_of_a_choice,
    _other_namespace,
    _attribute,
    _text_between,
)


@pytest.mark.parametrize("version", VERSIES)
@pytest.mark.parametrize("harm", DAMAGE, ids=lambda harm: harm.__name__.strip("_"))
def test_damage_at_any_place_is_refused_at_that_place(harm: Damage, version: str) -> None:
    """Where there are more than a hundred places, each eighth is enough for every day."""
    everywhere = list(damaged(harm, version))
    assert everywhere
    for data, path in everywhere if len(everywhere) < 100 else everywhere[VERSIES.index(version) :: 8]:
        report = controleer(data, "official")
        assert not report.geldig, path
        assert any(_near(melding.pad, path) for melding in report.meldingen), (path, report.meldingen)
        assert all(melding.tekst and melding.wat_nu for melding in report.meldingen)


def _near(found: str, damaged_at: str) -> bool:
    """The place itself, a child of it, or its parent; without a pad it is the file as a whole."""
    bare = _bare(found)
    return (
        bare == damaged_at
        or damaged_at in (bare.rpartition("/")[0], "/dossier")
        or bare == damaged_at.rpartition("/")[0]
    )


def _bare(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


@pytest.mark.parametrize("version", VERSIES)
@pytest.mark.parametrize("name", ["dossiers", "leerling", "terugkoppeling", "Dossier"])
def test_another_root_is_no_dossier(name: str, version: str) -> None:
    root = tree(full(version, Profiel.POPO), version)
    root.tag = _ns(root, name)
    assert not controleer(etree.tostring(root)).geldig


@pytest.mark.parametrize("namespace", ["", "urn:voorbeeld", "http://www.edustandaard.nl/oso_gegevensset/2031/dossier"])
def test_another_namespace_is_no_dossier_of_ours(namespace: str) -> None:
    data = encode(full("2019.1", Profiel.POPO), "2019.1")
    report = controleer(data.replace(standaard("2019.1").namespace.encode(), namespace.encode()))
    assert (report.geldig, report.versie) == (False, "")


def test_a_dossier_in_the_namespace_of_the_other_version_is_refused() -> None:
    data = encode(full("2019.1", Profiel.POPO), "2019.1")
    report = controleer(data.replace(standaard("2019.1").namespace.encode(), standaard("2018.1").namespace.encode()))
    assert (report.geldig, report.versie) == (False, "2018.1")
    assert "OG.02" in {melding.code for melding in report.meldingen}


@pytest.mark.parametrize("version", VERSIES)
def test_a_dossier_that_is_broken_in_many_places_is_judged_and_never_raises(version: str) -> None:
    """Forty at random: every one is refused, and every melding has its place."""
    for number in range(40):
        rng = Random(f"broken {version} {number}")
        root = tree(full(version, rng.choice(list(Profiel))), version)
        for _ in range(rng.randint(3, 60)):
            _break(rng.choice(list(root.iter())[1:]), rng)
        for mode in ("official", "intended"):
            report = controleer(etree.tostring(root), mode)
            assert not report.geldig
            assert all(melding.pad.startswith("/dossier") for melding in report.meldingen)


def _break(node: Node, rng: Random) -> None:
    parent = node.getparent()
    assert parent is not None
    match rng.randrange(6):
        case 0:
            parent.remove(node)
        case 1:
            node.addnext(copy.deepcopy(node))
        case 2:
            node.tag = rng.choice(list(node.getroottree().getroot().iter())).tag
        case 3:
            parent.insert(rng.randrange(len(parent)), node)
        case 4:
            node.text = rng.choice(("", " ", "x", "true", "2019-02-30", "9" * 30))
        case _:
            rng.choice(list(node.getroottree().getroot().iter())).append(copy.deepcopy(node))
