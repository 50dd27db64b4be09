"""Words that every room needs: outcomes, points, figures, text, submissions, errors."""
