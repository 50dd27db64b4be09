"""One submission graded: the seam to student code, a row's finding, and the mark that it makes."""
