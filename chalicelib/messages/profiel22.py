"""Protocol profile '22 (namespace of 2020-09-10). Not verified against the Kennisnet WSDL.

Aanleverpunten are named by routeringsKenmerk, the zoeksleutel has a pgnfrag beside it, PaO is called SWV, and
the url of an aanleverpunt is set in the OSR: there is no registratie call (protocol 8).
"""

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.messages.berichten import Doel
from chalicelib.messages.profiel import Groep, Protocolprofiel, Veld
from chalicelib.messages.soorten import BASE64, KENMERK, PGNFRAG
from chalicelib.messages.vormen import Eigen, vormen
from chalicelib.messages.zoeksleutel import Zoeksleutel

PROFIEL = Protocolprofiel(
    naam="22",
    namespace="http://xml.kennisnet.nl/schemas/Overstapservice/20200910",
    vormen=vormen(
        Eigen(
            bron_aanleverpunt="bronRouteringsKenmerk",
            doel_aanleverpunt="doelRouteringsKenmerk",
            aanleverpunt="routeringsKenmerk",
            filter="routeringsKenmerk",
            soort=KENMERK,
            zoeksleutel=Veld(
                "zoeksleutelPgnfrag",
                "zoeksleutel",
                Groep(Zoeksleutel, (Veld("zoeksleutel", "waarde", BASE64), Veld("pgnfrag", "pgnfrag", PGNFRAG))),
            ),
            overdrachtsoorten={
                Overdrachtsoort.OVERSTAPDOSSIER: "overstapdossier",
                Overdrachtsoort.BINNENBRIN: "overdrachtbinnenbrin",
                Overdrachtsoort.SWV: "swv-aanvraag",  # inferred, as in '18
            },
            doelen={Doel.OV: "OV", Doel.PAO: "SWV"},
            met_registratie=False,
        )
    ),
)
