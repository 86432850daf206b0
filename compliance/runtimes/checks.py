"""What every runtime checks of what a network gives."""

from __future__ import annotations

import numpy as np

from compliance.errors import AnalyzerError
from compliance.types import Floats


def finite(output: Floats, model: str) -> Floats:
    """Return ``output`` as it is.

    Raises:
        AnalyzerError: it holds NaN or infinity, which would pass every comparison as "not found".
    """
    if not np.isfinite(output).all():
        raise AnalyzerError(
            "a network gave numbers that are not finite",
            expected="finite numbers",
            found=f"{int((~np.isfinite(output)).sum())} of {output.size}",
            where=model,
            fix="run 'compliance doctor'; on a GPU try 'COMPLIANCE_DEVICE=cpu'",
        )
    return output
