"""The documentResponse: a dossier goes in and comes out as the same bytes (protocol 3.2, house 4).

The stored bytes are spliced in unparsed. On arrival the byte range of the dossier is found by a bounded scan and cut
out unchanged. That is only right when the bytes can stand alone; an answer of another vendor that is not UTF-8, or
whose dossier leans on namespaces declared around it, is written anew as UTF-8 with those declarations added.
That the dossier is an inline element is inferred, not verified against the Kennisnet WSDL.
"""

from xml.parsers import expat

from chalicelib.errors import Invalid
from chalicelib.messages.profiel import Protocolprofiel
from chalicelib.messages.reader import SCHEIDING, Grenzen, hardened, ongeldig, scan, splits, telling
from chalicelib.messages.soap import ENVELOP, envelop

MAX_DOSSIER = 16 * 1024 * 1024
_OMSLAG = 64 * 1024  # room for the envelope around a dossier of the largest size
_BOM = (b"\xff\xfe", b"\xfe\xff")
_ZELFDE_OCTETTEN = {"utf-8", "utf8", "us-ascii", "ascii"}


def encode_document_response(profiel: Protocolprofiel, dossier: bytes) -> bytes:
    """The answer with these dossier bytes spliced in: UTF-8, no XML declaration, own namespaces declared.

    Raises Invalid("DOSSIER_ONGELDIG") for bytes that start with anything but an element.
    """
    if not dossier.startswith(b"<") or dossier.startswith((b"<?", b"<!")):
        raise Invalid("DOSSIER_ONGELDIG", "de opgeslagen octetten beginnen niet met het dossier zelf")
    voor, na = envelop(profiel, f"<os:{profiel.document}>|</os:{profiel.document}>").split(b"|")
    return voor + dossier + na


class _Vinder:
    """Finds where the dossier starts and ends, in octets, and how its elements are called there."""

    def __init__(self, profiel: Protocolprofiel, parser: expat.XMLParserType, grenzen: Grenzen) -> None:
        self.parser = parser
        self.pad = ((ENVELOP, "Envelope"), (ENVELOP, "Body"), (profiel.namespace, profiel.document))
        self.begin, self.einde = telling(grenzen)
        self.bereik = [-1, -1]
        self.codering = "utf-8"
        self.namen: list[str] = []
        self.zijpad = 0

    def xml_decl(self, _: str, codering: str | None, __: int) -> None:
        self.codering = (codering or "utf-8").lower()

    def start(self, naam: str, _: dict[str, str]) -> None:
        diepte = self.begin()
        if diepte <= len(self.pad):
            self._omslag(diepte, splits(naam))
        elif diepte == len(self.pad) + 1 and not self.zijpad:
            if self.bereik[0] >= 0:
                raise ongeldig("het antwoord bevat meer dan één dossier")
            self.bereik[0] = self.parser.CurrentByteIndex
            self.parser.CharacterDataHandler = None
        if self.bereik[0] >= 0 and not self.zijpad:
            self.namen.append(naam)

    def _omslag(self, diepte: int, naam: tuple[str, str]) -> None:
        if diepte == 2 and naam == (ENVELOP, "Header") and not self.zijpad:
            self.zijpad = diepte
        elif not self.zijpad and naam != self.pad[diepte - 1]:
            raise ongeldig("het antwoord is geen documentResponse van deze generatie")

    def eind(self, _: str) -> None:
        diepte = self.einde() + 1
        if diepte == self.zijpad:
            self.zijpad = 0
        elif diepte == len(self.pad) + 1 and not self.zijpad:
            self.bereik[1] = self.parser.CurrentByteIndex
            self.parser.CharacterDataHandler = self.tekst

    def tekst(self, stuk: str) -> None:
        if not self.zijpad and stuk.strip():
            raise ongeldig("tekst rond het dossier")


def decode_document_response(profiel: Protocolprofiel, data: bytes, limiet: int = MAX_DOSSIER) -> bytes:
    """The dossier in the answer: the very bytes where they can stand alone, else written anew as UTF-8.

    Raises Invalid("TE_GROOT") above `limiet` octets, Invalid("BERICHT_ONGELDIG") for anything that is not one
    dossier in a documentResponse of this generation. Judges nothing of the dossier itself.
    """
    grenzen = Grenzen(limiet + _OMSLAG, diepte=40, elementen=200_000)
    parser = hardened()
    vinder = _Vinder(profiel, parser, grenzen)
    parser.XmlDeclHandler = vinder.xml_decl
    parser.StartElementHandler = vinder.start
    parser.EndElementHandler = vinder.eind
    parser.CharacterDataHandler = vinder.tekst
    scan(parser, data, grenzen)
    begin, sluit = vinder.bereik
    if sluit < 0:
        raise ongeldig("het antwoord bevat geen dossier")
    dossier = data[begin : data.find(b">", sluit) + 1]
    if not _staat_alleen(dossier, vinder.namen) or not _is_utf8(data, vinder.codering):
        dossier = _herschreven(data, len(vinder.pad))
    if len(dossier) > limiet:
        raise Invalid("TE_GROOT", f"het dossier is groter dan {limiet} octetten")
    return dossier


def _is_utf8(data: bytes, codering: str) -> bool:
    return codering in _ZELFDE_OCTETTEN and not data.startswith(_BOM)


def _staat_alleen(dossier: bytes, namen: list[str]) -> bool:
    """Whether the cut bytes, read by themselves, hold the same elements: then no namespace comes from around them."""
    parser = expat.ParserCreate("UTF-8", SCHEIDING)
    alleen: list[str] = []
    parser.StartElementHandler = lambda naam, _: alleen.append(naam)
    try:
        parser.Parse(dossier, True)
    except expat.ExpatError:
        return False
    return alleen == namen


def _herschreven(data: bytes, diepte: int) -> bytes:
    """The dossier element as UTF-8, without declaration, with every namespace that is in scope declared on it."""
    from lxml import etree  # costs a cold start, and only the asking side comes here, seldom

    lezer = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        element = etree.fromstring(data, lezer)
    except (etree.XMLSyntaxError, ValueError):
        raise ongeldig("geen welgevormde XML") from None
    dossier = next(kind for kind in element if kind.tag == f"{{{ENVELOP}}}Body")
    for _ in range(diepte - 1):
        dossier = next(kind for kind in dossier if isinstance(kind.tag, str))  # a comment is a child too
    return etree.tostring(dossier, encoding="UTF-8", with_tail=False, xml_declaration=False)
