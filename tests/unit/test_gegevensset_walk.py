"""The slow walk and the compiled schema never disagree: random damage to the tree, judged by both."""

from random import Random

import pytest
from lxml import etree

from chalicelib.gegevensset.lezen import lees_xml
from chalicelib.gegevensset.plaats import Plaatsen
from chalicelib.gegevensset.schema import schema
from chalicelib.gegevensset.structuur import structuurfouten
from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests.dossiers import FOLDER

TEXTS = (
    "",
    " ",
    "x",
    "1",
    "true",
    "2019-07-31",
    "14SS",
    "00",
    "-1",
    "7.5",
    "2018-2019",
    "31-12-2010",
    "٢٠١٠-٠٥",
    "é" * 400,
)
ATTRIBUTES = ("omschrijving", "x", "{http://www.w3.org/XML/1998/namespace}lang")


def harm(root: etree._Element, rng: Random) -> None:
    """One or two of: remove, double, move, rename, other text, text between, an attribute, a node from elsewhere."""
    for _ in range(rng.choice((1, 1, 2))):
        nodes = list(root.iter(etree.Element))[1:]
        node, other = rng.choice(nodes), rng.choice(nodes)
        parent = node.getparent()
        assert parent is not None
        place = parent.index(node)
        match rng.randrange(9):
            case 0:
                parent.remove(node)
            case 1:
                parent.insert(place, etree.fromstring(etree.tostring(node, with_tail=False)))
            case 2:
                parent.insert(rng.randrange(len(parent)), node)
            case 3:
                node.tag = other.tag
            case 4 | 5:
                node.text = rng.choice(TEXTS)
            case 6:
                node.tail = rng.choice(TEXTS)
            case 7:
                node.set(
                    rng.choice(("omschrijving", "x", "{http://www.w3.org/XML/1998/namespace}lang")), rng.choice(TEXTS)
                )
            case 8:
                parent.insert(rng.randrange(len(parent) + 1), etree.fromstring(etree.tostring(other, with_tail=False)))


@pytest.mark.parametrize("version", VERSIES)
@pytest.mark.parametrize("profiel", ["POPO", "VOVO"])
def test_the_walk_finds_a_fault_exactly_where_the_schema_sees_one(version: str, profiel: str) -> None:
    table, original = standaard(version), (FOLDER / f"{version}_{profiel}_vol.xml").read_bytes()
    rng = Random(f"{version} {profiel}")
    verdicts = []
    for _ in range(120):
        root = lees_xml(original)
        harm(root, rng)
        data = etree.tostring(root)
        root = lees_xml(data)
        found = structuurfouten(Plaatsen(root, table), root, table, 1000)
        valid = schema(version).validate(root)
        assert (found == []) is valid, (schema(version).error_log, found)
        verdicts.append(valid)
    assert 10 < sum(verdicts) < 110  # both happen
