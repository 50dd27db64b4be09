"""Everything that knows an answer: solutions, the answer key, the catalogue of mistakes. Never given to students."""
