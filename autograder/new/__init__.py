"""`new`: a homework of one's own, which works at once."""
