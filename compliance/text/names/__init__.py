"""Finding many names at once, disguised or not, and telling names from everyday words."""
