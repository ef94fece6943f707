"""The OSO exchange service: rules, standard, wire, keeping, doing, doors."""

from chalicelib.methods import use_compiled

use_compiled()
