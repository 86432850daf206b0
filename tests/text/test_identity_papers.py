"""Identity documents and number plates are known by what is printed on them; check digits prove."""

import pytest

from compliance.text.personal.identity_papers import PROVED, ZONE, check_digit, identity_papers
from compliance.text.personal.plates import IN_CONTEXT, OWN_LINE, SHARED_SHAPE, plates

ICAO = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
"""The second line of the specimen in ICAO Doc 9303, part 4."""


def best(text: str, entity: str = "IDENTITY_DOCUMENT") -> float:
    return max((score for kind, _, _, score in identity_papers(text) if kind == entity), default=0)


def test_a_line_of_a_passport_whose_check_digits_agree_is_proof() -> None:
    assert best(ICAO) == PROVED
    assert best(ICAO, "PASSPORT") == PROVED
    assert best(f"REPUBLIC OF UTOPIA\n{ICAO[:22]} {ICAO[22:]}") == PROVED


@pytest.mark.parametrize("place", [0, 9, 14, 19, 22, 27])
def test_a_wrong_digit_in_the_zone_proves_nothing(place) -> None:
    wrong = chr(ord(ICAO[place]) + 1)
    assert best(ICAO[:place] + wrong + ICAO[place + 1 :]) < PROVED


def test_check_digits_are_those_of_the_specimen() -> None:
    assert check_digit("L898902C3") == 6
    assert check_digit("740812") == 2
    assert check_digit("120415") == 9


def test_the_first_line_counts_by_its_shape() -> None:
    assert best("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<") == ZONE
    assert best("P<UTOERIKSSON««ANNA<MARIA««««««««««") == ZONE


@pytest.mark.parametrize(
    "lines",
    [
        "PASSPORT\nDATE OF BIRTH\n12 AUG 1974",
        "PERSONALAUSWEIS\nGEBURTSDATUM",
        "CARTE NATIONALE D'IDENTITÉ\nDate de naissance",
        "DRIVING LICENCE\nSurname",
        "DOCUMENTO NACIONAL DE IDENTIDAD\nAPELLIDOS",
        "居民身份证\n姓名",
    ],
)
def test_a_title_with_a_field_is_a_document(lines) -> None:
    assert best(lines) >= 0.7


def test_a_passport_in_a_story_is_not() -> None:
    assert best("a woman shows her passport at the gate, her nationality is unknown") < 0.5
    assert best("the exit authority of the museum") == 0


PLATES = {
    "GB": "AB12 CDE", "DE": "M-AB 1234", "FR": "AB-123-CD", "ES": "1234 BCD", "NL": "12-ABC-3",
    "PT": "AA-12-BB", "BE": "1-ABC-123", "CH": "ZH 123456", "IE": "12-D-12345", "IN": "MH 12 AB 1234",
    "BR": "ABC1D23", "US-CA": "7ABC123", "CA-ON": "ABCD 123", "UA": "AA 1234 BB", "TR": "34 ABC 123",
    "CN": "京A·12345", "KR": "12가 3456", "JP": "品川 300 あ 12-34", "AU": "1AB-2CD", "RU": "А123ВС77",
    "PL": "WA 12345", "MX": "ABC-12-34",
}  # fmt: skip


@pytest.mark.parametrize("plate", PLATES.values(), ids=PLATES)
def test_a_line_like_a_number_plate_is_flagged_low_and_high_beside_a_vehicle(plate) -> None:
    scores = [score for _, _, score in plates(plate)]
    assert scores in ([OWN_LINE], [SHARED_SHAPE])
    assert max(score for _, _, score in plates(f"the car has {plate} on it")) == IN_CONTEXT


@pytest.mark.parametrize(
    "text", ["a quiet lane", "ISO 12800", "ABC 123 and DEF 456 in a list", "1920"]
)
def test_other_codes_are_no_plates(text) -> None:
    assert all(score < OWN_LINE for _, _, score in plates(text))
