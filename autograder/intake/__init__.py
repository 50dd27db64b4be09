"""What was downloaded: submissions in a folder or a zip, and what an export says of them."""
