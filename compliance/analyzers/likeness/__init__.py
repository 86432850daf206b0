"""Faces and voices, and the people in banks whose they are."""
