"""The OSO exchange service: rules, standard, wire, keeping, doing, doors."""
