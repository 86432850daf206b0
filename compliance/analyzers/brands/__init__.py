"""Marks in frames and names in text of brands, and how one's own marks are shown."""
