"""Personal data is found with exact spans, near misses are not, and nothing of it is kept in the clear."""

import json
import socket
import time
from dataclasses import replace

import pytest

from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.errors import AnalyzerError
from compliance.findings import Finding, Observation
from compliance.model_store import ModelStore
from compliance.testing import TextContract
from compliance.text.personal.recognisers import recognisers
from compliance.types import Region, Source, TextBatch, TimeSpan

ASSET = "a" * 64


@pytest.fixture(scope="module")
def pii() -> PiiAnalyzer:
    analyzer = PiiAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


def prompt(*texts: str, asset: str = ASSET) -> TextBatch:
    n = len(texts)
    return TextBatch((asset,) * n, texts, (Source.PROMPT,) * n, (None,) * n, (None,) * n)


def frame(*texts: str, time: float = 1.0, left: tuple[float, ...] = ()) -> TextBatch:
    n = len(texts)
    lefts = left or (0.1,) * n
    boxes = tuple(
        Region.from_box(x, 0.1 + 0.06 * row, x + 0.3, 0.14 + 0.06 * row, 1, 1)
        for row, x in enumerate(lefts)
    )
    span = TimeSpan(start=time, end=time)
    return TextBatch((ASSET,) * n, texts, (Source.OCR,) * n, (span,) * n, boxes)


def review(pii: PiiAnalyzer, batch: TextBatch) -> list[Finding]:
    return pii.findings(ASSET, pii.reduce(ASSET, pii.observe_texts(batch)), None)


def sure(pii: PiiAnalyzer, batch: TextBatch) -> list[tuple[str, str]]:
    """Return category and original text of what scores 0.5 or more."""
    return [
        (one.category.removeprefix("pii."), batch.texts[0][slice(*one.evidence.offsets)])
        for one in review(pii, batch)
        if one.score >= 0.5
    ]


class TestContract(TextContract):
    def analyzer(self) -> PiiAnalyzer:
        return PiiAnalyzer()

    def samples(self) -> list[TextBatch]:
        return [
            prompt("mail jane@example.com or john@example.com"),
            prompt("nothing here", asset="b" * 64),
            frame("4111 1111", "1111 1111"),
            frame("Call +44 20 7946 0958", time=3.0),
        ]


ETHER = "0x52908400098527886E0F7030069857D2E4169EE7"
POSITIVES = [
    ("mail jane.doe+x@mail.example.co.uk!", "email", "jane.doe+x@mail.example.co.uk"),
    ("Jäne@exämple.de bitte", "email", "Jäne@exämple.de"),
    ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
    ("ja\u200bne@exam\u200bple.com", "email", "ja\u200bne@exam\u200bple.com"),
    ("call 415-555-0132 now", "phone", "415-555-0132"),
    ("(415) 555-0132", "phone", "(415) 555-0132"),
    ("ring +49 30 123456 today", "phone", "+49 30 123456"),
    ("tel 01 42 68 53 00", "phone", "01 42 68 53 00"),
    ("phone ٤١٥-٥٥٥-٠١٣٢", "phone", "٤١٥-٥٥٥-٠١٣٢"),
    ("call me at (96) 627-277 please", "phone", "(96) 627-277"),
    ("pay 4111 1111 1111 1111 12/27 123", "payment_card", "4111 1111 1111 1111"),
    ("4111111111111111", "payment_card", "4111111111111111"),
    ("4111.1111.1111.1111", "payment_card", "4111.1111.1111.1111"),
    ("4\u200b111-1111–1111 1111", "payment_card", "4\u200b111-1111–1111 1111"),
    ("amex 3782 822463 10005", "payment_card", "3782 822463 10005"),
    ("2223 0031 2200 3222", "payment_card", "2223 0031 2200 3222"),
    ("to GB29 NWBK 6016 1331 9268 19 please", "bank_account", "GB29 NWBK 6016 1331 9268 19"),
    ("de89370400440532013000", "bank_account", "de89370400440532013000"),
    ("SSN 531-21-7351", "national_id", "531-21-7351"),
    ("531-21-7351", "national_id", "531-21-7351"),
    ("DNI 12345678Z", "national_id", "12345678Z"),
    ("RSSMRA85T10A562S", "national_id", "RSSMRA85T10A562S"),
    ("PESEL 44051401359", "national_id", "44051401359"),
    ("131052-308T", "national_id", "131052-308T"),
    ("NI number QQ 12 34 56 C? no, AB 12 34 56 C", "national_id", "AB 12 34 56 C"),
    ("server 58.74.121.78 is up", "ip_address", "58.74.121.78"),
    ("2001:db8::8a2e:370:7334", "ip_address", "2001:db8::8a2e:370:7334"),
    ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "crypto_wallet", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
    (ETHER, "crypto_wallet", ETHER),
    ("card 586824160825533338", "payment_card", "586824160825533338"),
    ("my card 503837890121", "payment_card", "503837890121"),
    ("213112345678904 by JCB", "payment_card", "213112345678904"),
    ("4000 0000 0000 0000 006 Visa", "payment_card", "4000 0000 0000 0000 006"),
    ("986.291.2294x751", "phone", "986.291.2294x751"),
    ("+1-944-435-4352x04732 mobile", "phone", "+1-944-435-4352x04732"),
    ("69 987 88 37 office", "phone", "69 987 88 37"),
    ("see http://www.example.co.uk/a?b=c.", "url", "http://www.example.co.uk/a?b=c"),
    ("visit shop.example.com today", "url", "shop.example.com"),
    ("born 12/27/1986 there", "date", "12/27/1986"),
    ("on 29 March 2017 at noon", "date", "29 March 2017"),
    ("le 3 août 2021", "date", "3 août 2021"),
    ("a 50 year old man", "age", "50"),
    ("Passport No: X1234567", "passport", "X1234567"),
    ("Reisepassnummer C01X00T47", "passport", "C01X00T47"),
    ("My driver's license number is 481195160", "driving_licence", "481195160"),
    ("MORGA657054SM9IJ", "driving_licence", "MORGA657054SM9IJ"),
    ("Emirates ID 784-1990-1234567-1", "national_id", "784-1990-1234567-1"),
    ("a car with number plate AB12 CDE", "vehicle_plate", "AB12 CDE"),
    ("Kennzeichen M-AB 1234", "vehicle_plate", "M-AB 1234"),
    ("PASSPORT", "document", "PASSPORT"),
    ("anna.b [at] example [dot] org", "email", "anna.b [at] example [dot] org"),
    ("write anna.b(at)example.org now", "email", "anna.b(at)example.org"),
    ("write to me, anna dot b at example dot org please", "email", "anna dot b at example dot org"),
    ("info (at) firma (punkt) de", "email", "info (at) firma (punkt) de"),
    ("social security number 123456789", "national_id", "123456789"),
    ("手机13800138000", "phone", "13800138000"),
    ("mobile: 138-0013-8000", "phone", "138-0013-8000"),
    ("IBAN: DE89 3704 0044 0532 0130 01", "bank_account", "DE89 3704 0044 0532 0130 01"),
    ("DL: D1234567", "driving_licence", "D1234567"),
]  # fmt: skip
NEAR_MISSES = [
    "4111 1111 1111 1112", "0000 0000 0000 0000", "9111 1111 1111 1111", "GB28 NWBK 6016 1331 9268 19",
    "12345678A", "RSSMRA85T10A562T is not, 1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
    "00:12:45", "00:12:45:10", "1920x1080", "3840 x 2160 60fps", "1994 1995 1996 1997", "1999-2003",
    "2024-05-17 10:30", "17.05.2024", "05/17/2024", "$1,299,000.00", "€ 12 345 678", "612 345 678 views",
    "21-14, 17-10, 6-3", "ISBN 978-3-16-148410-0", "version 1.2.3.4", "24000/1001 fps, 23.976",
    "--ar 16:9 --seed 2039485761", "seed: 4155550132", "4 1 5 people", "user@localhost", "a@b", "#ff00aa99",
    "the 10 20 30 40 50 60 70 countdown", "call sheet 2024-05-17 10:30", "50 000 000 people",
    "f/1.8 ISO 12800 1/8000",
    "meet me at example dot org", "look at the red dot on stage", "shop (at) home", "a dot at the center dot",
    "social security office, 1935", "DL: 12 Mbit", "观看次数13800138000",
]  # fmt: skip


@pytest.mark.parametrize(("text", "category", "written"), POSITIVES)
def test_personal_data_is_found_with_its_exact_span(text, category, written, pii) -> None:
    assert sure(pii, prompt(text)) == [(category, written)]


@pytest.mark.parametrize("text", NEAR_MISSES)
@pytest.mark.parametrize("as_batch", [prompt, frame])
def test_benign_numbers_stay_below_one_half(text, as_batch, pii) -> None:
    assert [found for found in sure(pii, as_batch(text)) if found[0] != "date"] == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("CallM415-555-0132", "phone"),
        ("Card4111111111111111", "payment_card"),
        ("4lll 1111 1111 11l1", "payment_card"),
        ("4111 1111 1111 1111exp", "payment_card"),
        ("Tel 415-555-O132", "phone"),
    ],
)
def test_what_reading_from_pixels_spoils_is_mended_on_screen(text, category, pii) -> None:
    assert [found for found, _ in sure(pii, frame(text))] == [category]


def test_a_card_number_over_two_lines_is_found(pii) -> None:
    batch = frame("CARD 4111 1111", "1111 1111")
    [finding] = review(pii, batch)
    assert finding.category == "pii.payment_card"
    assert finding.evidence.offsets == (5, 14)
    assert finding.evidence.note.endswith("over 2 lines")
    assert finding.region.box == (0.1, 0.1, 0.4, 0.2)


def test_lines_far_apart_make_no_number_together(pii) -> None:
    assert sure(pii, frame("4111 1111", "1111 1111", left=(0.0, 0.6))) == []
    assert sure(pii, frame("4111 1111", "an honest line", "1111 1111")) == []


def test_a_telephone_number_is_put_together_from_two_lines_where_something_says_that_it_is_one(
    pii,
) -> None:
    assert {one.category for one in review(pii, frame("+1 415", "555 0132"))} == {"pii.phone"}
    assert {one.category for one in review(pii, frame("Call 415", "555 0132"))} == {"pii.phone"}
    assert sure(pii, frame("415 555", "0132 442")) == []


def test_lines_of_different_frames_stay_apart(pii) -> None:
    one, other = frame("4111 1111"), frame("1111 1111", time=2.0)
    assert pii.observe_texts(TestContract().join([one, other])) == []


def test_the_label_above_a_number_counts(pii) -> None:
    [finding] = review(pii, frame("Phone", "0132 555 415"))
    assert finding.category == "pii.phone"


def test_nothing_is_kept_in_the_clear(pii) -> None:
    secrets = ["4111 1111 1111 1111", "jane.doe@example.com", "415-555-0132"]
    seen = pii.observe_texts(prompt(f"card {secrets[0]}, mail {secrets[1]}, call {secrets[2]}"))
    findings = pii.findings(ASSET, seen, None)
    assert {one.text for one in seen} == {"•••• 1111", "•••• ECOM", "•••• 32"}
    stored = json.dumps([one.model_dump(mode="json") for one in findings]) + repr(seen)
    for secret in secrets:
        assert secret not in stored and secret.replace(" ", "").replace("-", "") not in stored
    assert all(len(one.attributes["tag"]) == 4 for one in seen)


def test_findings_give_no_short_value_away_and_nothing_that_trying_all_would(pii) -> None:
    found = review(pii, prompt("She is 34 years old, he is 34 years old, born on 1990-05-17."))
    ages = [one for one in found if one.category == "pii.age"]
    dates = [one for one in found if one.category == "pii.date" and one.score >= 0.5]
    assert {one.evidence.text for one in ages} == {"••••"}
    assert len({one.track for one in ages}) == 1
    assert [one.evidence.text for one in dates] == ["•••• 17"]
    assert all((one.track or "").rpartition("-")[2] in ("1", "2", "3") for one in found)


def test_national_numbers_may_be_those_of_some_countries() -> None:
    limited = PiiAnalyzer()
    limited.limit(frozenset({"DE"}))
    limited.setup("cpu", ModelStore())
    british, german = "He wrote AB123456C there.", "Steuer-ID 86095742719"
    assert limited.limits() == ("DE",)
    assert sure(limited, prompt(british)) == []
    assert sure(limited, prompt(german)) == [("national_id", "86095742719")]
    assert sure(limited, prompt("jane@example.com")) == [("email", "jane@example.com")]


def test_a_number_that_stays_is_one_finding_and_two_numbers_are_two(pii) -> None:
    batch = TestContract().join(
        [frame("4111 1111 1111 1111", time=t) for t in (1.0, 1.5, 2.5, 8.0)]
        + [frame("5500 0000 0000 0004", time=2.0)]
    )
    spans = [(one.span.start, one.span.end) for one in review(pii, batch)]
    assert spans == [(1.0, 2.5), (2.0, 2.0), (8.0, 8.0)]


def test_two_numbers_in_one_prompt_are_two_findings(pii) -> None:
    found = review(pii, prompt("call 415-555-0132 or 415-555-0199 or 415-555-0132"))
    assert len({one.id for one in found}) == 2


def test_a_number_at_the_seam_of_windows_is_found_once(pii) -> None:
    card = "4111 1111 1111 1111"
    for shift in range(1390, 2060, 13):
        batch = prompt("x " * (shift // 2) + card + " y" * 1500)
        assert [written for _, written in sure(pii, batch)] == [card], shift


def test_digits_of_a_longer_number_are_no_card_at_a_seam(pii) -> None:
    assert sure(pii, prompt("7" * 1400 + "4111111111111111" + "7" * 3000)) == []


def test_setting_up_and_reading_need_no_network(monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    recognisers.cache_clear()
    analyzer = PiiAnalyzer()
    analyzer.setup("cpu", ModelStore())
    assert sure(analyzer, prompt("jane@example.com")) == [("email", "jane@example.com")]


def test_a_pattern_that_was_given_up_is_an_error_not_a_pass(monkeypatch) -> None:
    from presidio_analyzer import pattern_recognizer

    monkeypatch.setattr(pattern_recognizer, "REGEX_TIMEOUT_SECONDS", 0)
    recognisers.cache_clear()
    analyzer = PiiAnalyzer()
    with pytest.raises(AnalyzerError, match="given up"):
        analyzer.setup("cpu", ModelStore())


@pytest.mark.parametrize(
    "texts",
    [
        ("Steuer-ID 86095742719 is mine, and " + "x " * 30 + "86095742719",),
        ("86095742719 " + "x " * 30, "Steuer-ID 86095742719"),
    ],
)
def test_a_weaker_sighting_never_makes_a_finding_milder(texts, pii) -> None:
    [finding] = review(pii, prompt(*texts))
    assert finding.category == "pii.national_id"
    assert finding.score == 0.95


def test_the_surest_score_keeps_the_largest_region_and_the_whole_time(pii) -> None:
    small = frame("Steuer-ID 86095742719", time=1.0)
    large = frame("86095742719", time=1.5)
    box = Region.from_box(0.0, 0.0, 1.0, 0.5, 1, 1)
    for first, second in ((small, large), (large, small)):
        batch = TestContract().join(
            [replace(one, regions=(box,)) if one is large else one for one in (first, second)]
        )
        [finding] = review(pii, batch)
        assert finding.score == 0.95
        assert (finding.span.start, finding.span.end) == (1.0, 1.5)
        assert finding.region.box == box.box


def test_a_line_that_is_cut_to_no_height_is_read(pii) -> None:
    flat = Region.from_box(0.1, 1.0, 0.4, 1.0, 1, 1)
    batch = replace(frame("4111 1111", "1111 1111 x"), regions=(flat, flat))
    assert {one.category for one in review(pii, batch)} == {"pii.payment_card"}


@pytest.mark.parametrize(
    ("lines", "category"),
    [
        (("4111 1111", "1111 1111 mail a@example.com"), "pii.payment_card"),
        (("a@example.com 4111 1111", "1111 1111"), "pii.payment_card"),
        (("GB29 NWBK 6016", "1331 9268 19 mail a@example.com"), "pii.bank_account"),
    ],
)
def test_an_address_beside_a_number_over_two_lines_hides_it_not(lines, category, pii) -> None:
    found = {one.category: one.score for one in review(pii, frame(*lines))}
    assert found["pii.email"] >= 0.9
    assert found[category] == 0.85


@pytest.mark.parametrize("flood", ["1 ", "(415) 555-0132 ", "4111 1111 1111 1111 ", "1.1."])
def test_a_flood_of_numbers_is_refused_at_once_and_not_passed(flood, pii) -> None:
    began = time.process_time()
    with pytest.raises(AnalyzerError, match="too many numbers"):
        pii.observe_texts(prompt(flood * (200_000 // len(flood))))
    assert time.process_time() - began < 2


def test_a_flood_of_addresses_is_read_in_linear_time(pii) -> None:
    began = time.process_time()
    assert len(pii.observe_texts(prompt("a@b.co " * 20_000))) == 20_000
    assert time.process_time() - began < 30


def test_every_category_of_the_spec_can_be_found(pii) -> None:
    found: list[Observation] = pii.observe_texts(prompt(*(text for text, _, _ in POSITIVES)))
    categories = {one.category for one in pii.findings(ASSET, found, None)}
    assert categories == set(PiiAnalyzer.spec.categories)
