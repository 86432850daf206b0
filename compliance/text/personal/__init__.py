"""Personal data: numbers that can be checked, addresses, and names by lists and rules."""
