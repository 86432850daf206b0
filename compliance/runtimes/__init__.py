"""What runs networks: one file for each runtime."""
