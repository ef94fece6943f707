"""Protocol profile '18, the default (namespace of 2018-04-04). Not verified against the Kennisnet WSDL."""

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.messages.berichten import Doel
from chalicelib.messages.profiel import Protocolprofiel, Veld
from chalicelib.messages.soorten import INDEX, ZOEKSLEUTEL
from chalicelib.messages.vormen import Eigen, vormen

PROFIEL = Protocolprofiel(
    naam="18",
    namespace="http://xml.kennisnet.nl/schemas/Overstapservice/20180404",
    vormen=vormen(
        Eigen(
            bron_aanleverpunt="bronAanleverpuntIndex",
            doel_aanleverpunt="doelAanleverpuntIndex",
            aanleverpunt="code",
            filter="aanleverpuntIndex",
            soort=INDEX,
            zoeksleutel=Veld("zoeksleutel", "zoeksleutel", ZOEKSLEUTEL),
            overdrachtsoorten={
                Overdrachtsoort.OVERSTAPDOSSIER: "overstapdossier",
                Overdrachtsoort.BINNENBRIN: "overdrachtbinnenbrin",
                Overdrachtsoort.SWV: "swv-aanvraag",  # inferred: two spellings are published (protocol 3.11)
            },
            doelen={Doel.OV: "OV", Doel.PAO: "PaO"},
            met_registratie=True,
        )
    ),
)
