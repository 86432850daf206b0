"""Undoing what texts are disguised by, and telling that they were."""
