"""What a file and its generation record say of how it was made."""
