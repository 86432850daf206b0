"""The classifier of sensitive text: its examples, how it is trained, and its figures."""
