"""Clips for the demo, drawn from pictures that installed packages carry."""
