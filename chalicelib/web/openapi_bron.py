"""Where a description cites its source: apart from the words, since a supplier does not have those chapters."""

import re

_EEN = r"(?:R\d+[ab]?(?:-R?\d+[ab]?)?|15\.\d+(?:-\d+)?|9b\.\d+|ch\. \d+(?:\.\d+)?|protocol \d+(?:\.\d+)*)"
_REEKS = rf"(?:{_EEN}|api\.md|ch\. \d+, last line)(?:, (?:{_EEN}|[a-z]+|[A-Z]+))*"
_TUSSEN_HAAKJES = re.compile(rf"\s*\(({_REEKS})\)")
_VOORAF = re.compile(rf"^({_REEKS})(?:[:.,]\s*|$)")
_OVERIG = re.compile(rf"\b{_EEN}\b")


def met_bron(uitleg: str) -> dict[str, str]:
    """A description without what it cites, and that beside it in `x-bron`."""
    tekst, bronnen = " ".join(uitleg.split()), []
    for vorm in (_VOORAF, _TUSSEN_HAAKJES):
        bronnen += vorm.findall(tekst)
        tekst = vorm.sub("", tekst)
    tekst = tekst[:1].upper() + tekst[1:]
    return {"description": tekst} | ({"x-bron": ", ".join(bronnen)} if bronnen else {})


def verwijst(tekst: str) -> bool:
    """Whether a description still cites what its reader does not have."""
    return bool(_OVERIG.search(tekst))
