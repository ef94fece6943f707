"""Opens the doors of this deployable (`OSO_DEUREN`: portal, wire), and nothing else."""

from chalice.app import Chalice

from chalicelib.config import open_geheim, settings
from chalicelib.store.aws import lees_geheim
from chalicelib.veilig import eis_veilig

open_geheim(lees_geheim)
eis_veilig()
app = Chalice(app_name="oso")

if "portal" in settings().deuren:
    from chalicelib.web import deur, portal, schedules, workers

    assert portal.__all__  # importing it filled the register
    app.api.binary_types.append(deur.XML)  # as text it would be read as UTF-8, whatever encoding it is in
    app.register_middleware(deur.eigen_problemen, "http")
    for blueprint in (deur.maak_blueprint(__name__), workers.blueprint, schedules.blueprint):
        app.register_blueprint(blueprint)
    globals().update(app.handler_map)  # Lambda starts every function by its name here, past what stands above
if "wire" in settings().deuren:
    from chalicelib.web import soap

    app.register_blueprint(soap.blueprint)
