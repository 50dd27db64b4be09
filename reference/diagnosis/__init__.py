"""Names mistakes: what a wrong answer was most likely made by."""
