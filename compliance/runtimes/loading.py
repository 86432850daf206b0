"""One library loads a network at a time.

Analyzers are set up in threads of their own, and libraries that import their parts on first use, or change
settings of the whole process while they load, are not made for that.
"""

from __future__ import annotations

import threading

LOADING = threading.RLock()
"""Held while a library is imported and a network loaded."""
