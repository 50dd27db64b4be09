"""An assignment: its rubric, its specs linked to the rows, credit, and random numbers."""
