"""References to match against, encrypted where they are biometric."""
