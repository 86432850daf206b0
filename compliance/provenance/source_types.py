"""Digital source types: how a medium came into being, in the vocabulary that C2PA takes from IPTC.

Source of the terms: the IPTC NewsCodes ``digitalsourcetype`` scheme and the term that C2PA adds; the
selection is the one that c2pa-python 0.38 knows (``C2paDigitalSourceType``).
"""

from __future__ import annotations

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
C2PA = "http://c2pa.org/digitalsourcetype/"

_IPTC_TERMS = (
    "algorithmicMedia",
    "algorithmicallyEnhanced",
    "composite",
    "compositeCapture",
    "compositeSynthetic",
    "compositeWithTrainedAlgorithmicMedia",
    "computationalCapture",
    "dataDrivenMedia",
    "digitalCapture",
    "digitalCreation",
    "humanEdits",
    "negativeFilm",
    "positiveFilm",
    "print",
    "screenCapture",
    "trainedAlgorithmicMedia",
    "virtualRecording",
)

KNOWN = {term: IPTC + term for term in _IPTC_TERMS} | {
    "trainedAlgorithmicData": C2PA + "trainedAlgorithmicData"
}
"""URI of each term that a manifest may be given."""

SYNTHETIC = frozenset(
    {
        "algorithmicMedia",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "trainedAlgorithmicData",
        "trainedAlgorithmicMedia",
    }
)
"""Terms that say "made or changed by a machine": those that the C2PA asset rubrics 1.0 (August 2026)
call generative, and ``algorithmicMedia``, which is machine-made without training data."""

_SYNTHETIC_FOLDED = frozenset(term.casefold() for term in SYNTHETIC)


def source_type_uri(value: str | None) -> str | None:
    """Return the full URI of a digital source type.

    Args:
        value: a URI, or its last part such as ``trainedAlgorithmicMedia``; None where nobody said.

    Returns:
        The URI, or None where ``value`` is None or no known term. It is never guessed.
    """
    if value is None:
        return None
    uri = KNOWN.get(value.removeprefix(IPTC).removeprefix(C2PA))
    return uri if uri is not None and value in {uri, uri.rsplit("/", 1)[-1]} else None


def says_synthetic(value: str | None) -> bool:
    """Tell whether a declared source type means synthetic media, in whatever case it is written."""
    if value is None:
        return False
    return value.strip().rstrip("/").rsplit("/", 1)[-1].casefold() in _SYNTHETIC_FOLDED
