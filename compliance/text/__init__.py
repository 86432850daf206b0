"""Reading text against people who hide things in it: normalising, names, personal data."""
