"""Text on screen: read, followed over time, and measured."""
