"""O(.) answers over several variables, decided exactly: `compare` is what the world calls."""

from autograder.maths.bounds.verdict import Bound, BoundError, Comparison, compare, parse
from autograder.maths.bounds.vocabulary import Vocabulary

__all__ = ["Bound", "BoundError", "Comparison", "Vocabulary", "compare", "parse"]
