"""The page of a class: one file that stands alone."""
