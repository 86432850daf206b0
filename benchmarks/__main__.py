"""``make bench``: every figure, one script after the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run each script in a process of its own; fail where one fails."""
    folder = Path(__file__).parent
    scripts = [
        path.stem
        for path in sorted(folder.glob("[a-z]*.py"))
        if path.stem not in ("environment", "mutation", "own_texts")
    ]
    failed = []
    for name in scripts:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
