"""`python -m infra.local.serve --deuren portal --poort 0`: serve the doors of the app over real HTTP on loopback.

Prints one JSON line, `{"adres": ..., "poort": ...}`, as soon as it accepts. With `--certificaat`, `--sleutel` and
`--client-ca` it speaks mutual TLS. Ends on SIGTERM or SIGINT after answering what it was asked.
"""

import argparse
import importlib
import os
import signal
import socket
import threading
from typing import Any

from infra.local.gateway import Gateway
from infra.local.httpd import Server, mutual_tls
from infra.local.processes import LOOPBACK, announce, port_of


def main() -> None:
    """Serve until asked to stop."""
    asked = _arguments()
    os.environ["OSO_DEUREN"] = asked.deuren
    tls = mutual_tls(asked.certificaat, asked.sleutel, asked.client_ca) if asked.certificaat else None
    listening = (
        socket.socket(fileno=asked.fd) if asked.fd is not None else socket.create_server((LOOPBACK, asked.poort))
    )
    gateway = Gateway(load_app(asked.app), asked.domein or f"{asked.deuren}.localhost")
    server = Server(listening, gateway.answer, tls)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    accepting = threading.Thread(target=server.serve, daemon=True)
    accepting.start()
    port = port_of(listening)
    announce({"adres": f"{'https' if tls else 'http'}://{LOOPBACK}:{port}", "poort": port, "pid": os.getpid()})
    stopping.wait()
    server.stop()
    gateway.close()


def load_app(module: str) -> Any:
    """Give the Chalice object `app` of a module, `app` for the product's own."""
    return importlib.import_module(module).app


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.serve", description=__doc__)
    parser.add_argument("--deuren", default="portal", help="portal, wire or portal,wire")
    parser.add_argument("--poort", type=int, default=0, help="0: a free one")
    parser.add_argument("--fd", type=int, help="an inherited listening socket, instead of --poort")
    parser.add_argument("--domein", help="the domain name that the app sees in requestContext")
    parser.add_argument("--certificaat", help="PEM: makes it mutual TLS")
    parser.add_argument("--sleutel", help="PEM")
    parser.add_argument("--client-ca", help="PEM: who may open a connection at all")
    parser.add_argument("--app", default="app", help="the module that holds the Chalice object")
    return parser.parse_args()


if __name__ == "__main__":
    main()
