"""Rules that look for wordings: claims, politics, labels, lures."""
