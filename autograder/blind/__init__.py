"""Written answers graded blind: collected under codes, ordered by likeness, merged back."""
