"""Policies: the language, strict loading, linting, and the pure evaluation."""
