"""Disguised names are found, benign text of other scripts is not taken for names, and work is bounded."""

import itertools
import random

import pytest

from compliance.text.names.matching import NameIndex, disguises
from compliance.text.names.spellings import within_one

GIVEN = (
    "Ava Ben Carla Diego Emma Farid Greta Hugo Ines Jonas Karen Liam Mona Nora Oscar Paul Rosa Sven Tara Victor"
).split()
FAMILY = (
    "Abbott Barone Cooper Duarte Ekström Fischer Graham Horvat Iversen Jansen Kowalski Lopez Moreau Novak Ota"
).split()
NAMES = [f"{first} {last}" for first, last in itertools.product(GIVEN, FAMILY)] + GIVEN[:10]
"""310 Latin names, most of two words, some of one."""

BENIGN = """
Утром над рекой стоял густой туман, и рыбаки молча чинили сети.
На столе лежали хлеб, сыр и старая карта города.
Снег идёт третий день, а дети всё равно катаются на санках.
Кот спит на подоконнике, рядом остывает чай с мёдом.
Оператор снимает закат, ветер качает высокую траву.
Поезд прибыл на станцию ровно в полночь, перрон был пуст.
Вечером в парке играет оркестр, пары медленно танцуют.
Она открыла окно, и комната наполнилась запахом сирени.
Робот поливает цветы в стеклянной оранжерее на Марсе.
Медленный наезд камеры: старик чистит яблоко у печи.
Ранок у горах: пастух веде отару стежкою вздовж потоку.
На подвір'ї росте стара яблуня, під нею стоїть лава.
Дівчина в жовтому пальті їде велосипедом через міст.
Над полем летять лелеки, колосся хилиться від вітру.
Кав'ярня на розі, дощ стікає по шибці, тепле світло.
Το πρωί η θάλασσα ήταν ήσυχη και οι βάρκες έμεναν δεμένες.
Ο παππούς ποτίζει τον κήπο, ενώ η γάτα κοιμάται στη σκιά.
Μια γυναίκα ανάβει το φως και διαβάζει ένα παλιό γράμμα.
Το τρένο περνά μέσα από τα βουνά κάτω από το χιόνι.
Στην αγορά μυρίζει φρέσκο ψωμί, καφές και πορτοκάλια.
قارب صغير يعبر النهر عند الفجر والضباب يغطي الماء.
طفلة تركض في حقل من الزهور الصفراء تحت سماء صافية.
يجلس الرجل العجوز أمام المقهى ويشرب الشاي بالنعناع.
سوق قديم مليء بالتوابل والأقمشة والمصابيح النحاسية.
الكاميرا تتحرك ببطء نحو نافذة مضاءة في ليلة ماطرة.
""".strip().splitlines()

CYRILLIC = str.maketrans("aceopxyiBCEHKMOPTX", "асеорхуіВСЕНКМОРТХ")
EVASIONS = {
    "look-alikes": lambda name, _: name.translate(CYRILLIC),
    "zero width": lambda name, rng: "\u200b".join(name),
    "both": lambda name, rng: "\u2060".join(name.translate(CYRILLIC)),
    "full width": lambda name, rng: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name
    ),
    "accents": lambda name, rng: "".join(c + "\u0308" if c in "aeou" else c for c in name),
    "leetspeak": lambda name, rng: "".join(
        {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}.get(c, c) if rng.random() < 0.6 else c
        for c in name
    ),
    "spaced": lambda name, _: " ".join(name.replace(" ", "")),
    "dotted": lambda name, _: ".".join(name.replace(" ", "")),
    "joined": lambda name, _: name.replace(" ", ""),
    "hyphens": lambda name, _: name.replace(" ", "-"),
}  # fmt: skip


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(NAMES)


@pytest.mark.parametrize("evasion", EVASIONS)
def test_recall_falls_at_most_five_points_under_evasion(evasion, index) -> None:
    rng = random.Random(1)
    names = NAMES[:300]
    texts = [f"A portrait of {EVASIONS[evasion](name, rng)}, studio light" for name in names]
    plain = [f"A portrait of {name}, studio light" for name in names]
    hits = {
        label: sum(row in {m.row for m in index.find(text)} for row, text in enumerate(side))
        for label, side in {"plain": plain, "evaded": texts}.items()
    }
    assert hits["plain"] == len(names)
    assert hits["evaded"] >= 0.95 * len(names)


@pytest.mark.parametrize("misread", [False, True])
def test_benign_text_of_other_scripts_holds_no_latin_names(misread, index) -> None:
    wrong = [text for text in BENIGN if index.find(text, misread)]
    assert len(wrong) <= 0.01 * len(BENIGN), wrong


def test_benign_latin_text_that_uses_digits_holds_no_names(index) -> None:
    texts = [
        "Shot on 35mm, f/1.8, ISO 400, 4k 60fps, 16:9, seed 411524711",
        "Catalogue no. 8 3 4 - 0 5 5 1, room B3N, gate 4V4 closed",
        "nor a cooper nor a fisher, ben abbots and par karens",
    ]
    assert [index.find(text) for text in texts] == [[], [], []]


def test_a_megabyte_is_read_whole(index) -> None:
    filler = "Снег и hello wor1d, \u200bдень за днём. "
    text = filler * (1_000_000 // len(filler)) + "Nora Abbott"
    [match] = index.find(text)
    assert (match.start, match.end) == (len(text) - 11, len(text))


def test_hidden_characters_without_end_do_not_hide_a_name(index) -> None:
    text = "Ava" + "\u200b" * 500_000 + " Abbott"
    assert {(m.start, m.end) for m in index.find(text) if NAMES[m.row] == "Ava Abbott"} == {
        (0, len(text))
    }


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Ava", ""),
        ("Аvа", "2 look-alike letters"),
        ("A\u200bva", "1 hidden character"),
        ("4v4", "2 signs for letters"),
        ("Аv\u2060@", "1 look-alike letter, 1 hidden character, 1 sign for a letter"),
    ],
)
def test_a_disguise_is_put_into_words(written, words) -> None:
    assert disguises(written) == words


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("collins", "collins", True),
        ("collins", "colins", True),
        ("collins", "ccollins", True),
        ("collins", "collinx", True),
        ("collins", "xollinx", False),
        ("collins", "colsin", False),
        ("a", "", True),
        ("ab", "", False),
    ],
)
def test_one_slip_is_one_letter_changed_added_or_dropped(left, right, near) -> None:
    assert within_one(left, right) is near
    assert within_one(right, left) is near
