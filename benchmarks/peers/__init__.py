"""Grades the same submissions with every peer that can be installed, and with this project, in one run.

python -m benchmarks.peers --help
"""
