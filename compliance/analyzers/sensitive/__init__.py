"""Sensitive categories in frames."""
