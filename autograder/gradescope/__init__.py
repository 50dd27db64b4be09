"""Gradescope's contract: `grade`, results.json, its metadata and its time-out."""
