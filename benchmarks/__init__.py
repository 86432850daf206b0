"""Figures: each script measures one claim against a same-work peer in the same run."""
