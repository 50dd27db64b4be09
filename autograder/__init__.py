"""Autograder for CSE 891-001 Deep Learning, Homework 3: the engine. It knows how to check, and knows no answer."""

__version__ = "0.1.0"
