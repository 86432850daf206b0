"""Reports, one file for each format."""
