"""`gradebook`: grades into the file that Canvas or Gradescope exported, and pages for a mail merge."""
