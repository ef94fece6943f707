"""Cases for the rules that are made from the table of a version: code lists and statuses of the gegevensblokken."""

from collections.abc import Iterator

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.gegevensset.tabel import Blok, Element, Standaard
from tests.unit.rule_cases import Case, Damage

# what else speaks where such a code is unknown: these fields have a rule of their own besides
_ALSO = {"deeldossier": ("OVb.MD01",), "overdrachtsoort": ("OVa.OS03",)}
_UNCHECKED = ("leerjaar",)
_NOT_A_CODE = "ONZIN"
_STATUS = "metadata/categorie_uitlevering/cat_"


def coded_fields(standaard: Standaard) -> Iterator[tuple[str, Element]]:
    """Every place with a code list, once per parent: the path in the JSON form and the field."""
    yield from _coded(standaard.wortel, "")


def _coded(parent: Element, path: str) -> Iterator[tuple[str, Element]]:
    for child in parent.kinderen:
        here = f"{path}/{child.naam}" if path else child.naam
        if parent.heeft_groep:
            here = f"{path}/0/{child.naam}"
        if child.codelijst is not None:
            yield here + ("/0" if child.herhaalt else ""), child
        yield from _coded(child, here + ("/0" if child.herhaalt else ""))


def code_list_cases(standaard: Standaard) -> Iterator[Case]:
    """A wrong code in every field whose list the official validator tests, in binnen BRIN: there all is allowed."""
    for path, field in coded_fields(standaard):
        if field.naam in _UNCHECKED:
            continue
        value = "9" * 6 if field.basis == "xs:integer" else _NOT_A_CODE
        yield Case(
            f"CL.{field.codelijst}",
            Profiel.BB_POPO,
            {path: value, **_alternative(path)},
            also=("OG.05",) if "huisarts/geslacht" in path else _ALSO.get(field.naam, ()),
            versions=(standaard.versie,),
            schema_valid="werktbijinstelling" not in path,  # the base holds one of the two employers only
        )


def _alternative(path: str) -> Damage:
    """The other alternatives of a choice, so that the field stands alone."""
    if path.startswith("huidigeschool/leerling/resultaatvakkenvo/0/"):
        return dict.fromkeys(
            f"huidigeschool/leerling/resultaatvakkenvo/0/{name}"
            for name in ("exameneindcijfer", "cijferce", "eindcijferse", "cijferse", "rapportcijfer", "werkstuk")
        )
    return {}


def status_cases(standaard: Standaard) -> Iterator[Case]:
    """Every status of every gegevensblok that contradicts the data, and those that contradict the profile."""
    for number, blok in enumerate(standaard.blokken, start=1):
        if blok.naam not in ("school", "leerling"):
            code = f"OS.cat{number:02}" if standaard.versie > "2018.1" else f"OS.cat_{blok.naam}"
            yield from _contradictions(code, blok, standaard.versie)
        yield from _misfits(blok, standaard.versie)


def _contradictions(code: str, blok: Blok, version: str) -> Iterator[Case]:
    for status in ("OPT-UIT", "VERBODEN") if version > "2018.1" else ("OPT-UIT",):
        for path in blok.paden:
            others = dict.fromkeys("/".join(other) for other in blok.paden if other != path)
            keep: Damage = {} if blok.naam == "metadata" else others
            misspelled = ("OSO.STATUS",) if path[-1] == "toelichting_onderwijsbehoeften" else ()
            rule = f"{code} {path[-2] if len(path) > 1 else 'dossier'}/{path[-1]}"
            also = misspelled if status == "VERBODEN" else ()
            yield Case(rule, Profiel.BB_POPO, {f"{_STATUS}{blok.naam}": status, **keep}, also, versions=(version,))
    if version > "2018.1" and blok.naam != "metadata":
        nothing = dict.fromkeys("/".join(path) for path in blok.paden)
        rule = f"{code} categorie_uitlevering/cat_{blok.naam}"
        yield Case(rule, Profiel.BB_POPO, {f"{_STATUS}{blok.naam}": "VERPLICHT"} | nothing, versions=(version,))


def _misfits(blok: Blok, version: str) -> Iterator[Case]:
    """A status that contradicts the profile and nothing else."""
    for profiel in Profiel:
        wrong = {Eis.VERPLICHT: "OPTIONEEL", Eis.OPTIONEEL: "VERPLICHT", Eis.VERBODEN: "OPTIONEEL"}[blok.eisen[profiel]]
        rule = f"OSO.STATUS categorie_uitlevering/cat_{blok.naam}"
        yield Case(rule, profiel, {f"{_STATUS}{blok.naam}": wrong}, versions=(version,))
