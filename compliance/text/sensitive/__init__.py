"""Reading texts for sensitive categories: parts, features, the head, and words for minors."""
