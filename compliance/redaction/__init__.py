"""Redacted copies: what a finding shows is covered, everything else stays as it was."""
