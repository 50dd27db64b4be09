"""The student's room: a self-check with the specs and oracles that grade on Gradescope, without the answers."""
