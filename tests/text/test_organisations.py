"""Organisations are found by form and by list, with what is not part of their names left out."""

import pytest

from compliance.text.personal.organisations import organisation_names
from compliance.text.personal.proper_names import proper_names

NAMED = {
    "The University of Tartu is looking for volunteers": "University of Tartu",
    "reporters said that the Harare Water Board had ignored them": "Harare Water Board",
    "Delgado & Sons will repair your roof": "Delgado & Sons",
    "The Ministry of Health has not answered": "Ministry of Health",
    "Hospital San Rafael needs blood donors": "Hospital San Rafael",
    "Leila works nights for Deutsche Bahn.": "Deutsche Bahn",
    "According to Reuters, the minister resigned": "Reuters",
    "Vodafone's shares fell": "Vodafone",
}
HONEST = [
    "A teddy bear is playing drum kit in NYC Times Square.",
    "Old church on a hill, Black & White, Drum & Bass night",
    "A church of ice, a library of dreams, a court of ravens",
    "BEAUTIFUL HOTEL AND RESTAURANT WITH MOUNTAIN VIEW AND POOL",
]


@pytest.mark.parametrize("text", NAMED)
def test_an_organisation_is_found_whole(text) -> None:
    found = {text[start:end] for start, end, _ in organisation_names(text)}
    assert NAMED[text] in found


@pytest.mark.parametrize("text", NAMED)
def test_a_place_within_an_organisation_is_not_said_apart(text) -> None:
    kinds = {kind for kind, *_ in proper_names(text) if kind in {"ORGANIZATION", "PLACE"}}
    assert kinds == {"ORGANIZATION"}


@pytest.mark.parametrize("text", HONEST)
def test_what_only_looks_like_an_organisation_is_none(text) -> None:
    assert [one for one in proper_names(text) if one[0] == "ORGANIZATION"] == []
