"""The database: verdicts, clearances, publications, events, and the bank of people."""
