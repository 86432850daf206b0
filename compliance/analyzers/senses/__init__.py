"""What may harm or shut out who watches and listens: flashes, loudness, captions; and speech as text."""
