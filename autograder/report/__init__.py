"""One report, for each reader: Gradescope's JSON, the terminal."""
