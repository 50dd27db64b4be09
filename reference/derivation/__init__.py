"""Derives at length what key.json holds: a torch network, enumerated graphs."""
