"""Copies of registered pictures, videos and recordings, and frames that are like them."""
