"""Everything that knows an answer: solutions, the answer key, the catalogue of known mistakes. Never given to students."""
