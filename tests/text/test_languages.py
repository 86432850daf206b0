"""Text in another language than English is never taken for English, and noise is not taken for a language."""

import pytest

from compliance.text.languages import NONE, UNKNOWN, detect, others

ELSEWHERE = [
    ("de", "Ein Hund läuft durch den Wald und die Sonne scheint"),
    ("fr", "Une femme marche dans la rue avec son chien"),
    ("es", "Una mujer camina por la calle con su perro"),
    ("it", "Una donna cammina nella strada con il suo cane"),
    ("pt", "Uma mulher caminha pela rua com o seu cachorro"),
    ("nl", "Een vrouw loopt door de straat met haar hond"),
    ("sv", "En kvinna går på gatan med sin hund och tittar på himlen"),
    ("fi", "Nainen kävelee kadulla koiran kanssa ja katsoo taivasta"),
    ("pl", "Kobieta idzie ulicą z psem i patrzy na niebo"),
    ("cs", "Žena jde po ulici se psem a dívá se na nebe"),
    ("hu", "Egy nő sétál az utcán a kutyával és az égre néz"),
    ("ro", "O femeie merge pe stradă cu un câine și privește cerul"),
    ("tr", "Bir kadın köpek ile sokakta yürüyor ve gökyüzüne bakıyor"),
    ("vi", "Một người phụ nữ đi trên đường phố với con chó"),
    ("id", "Seorang wanita berjalan di jalan dengan seekor anjing"),
    ("ru", "Женщина идёт по улице с собакой и смотрит на небо"),
    ("uk", "Жінка йде вулицею з собакою і дивиться на небо, яке вже темне"),
    ("el", "Μια γυναίκα περπατά στον δρόμο με τον σκύλο της"),
    ("ar", "امرأة تمشي في الشارع مع كلب"),
    ("fa", "یک زن با سگ خود در خیابان راه می‌رود"),
    ("he", "אישה הולכת ברחוב עם הכלב שלה"),
    ("hi", "एक औरत अपने कुत्ते के साथ सड़क पर चल रही है"),
    ("zh", "一个女人带着狗走在街上"),
    ("ja", "女性が犬と一緒に通りを歩いている"),
    ("ko", "한 여자가 개와 함께 거리를 걷는다"),
    ("th", "ผู้หญิงเดินบนถนนกับสุนัข"),
]
OURS = [
    "A woman walks down the street with her dog, cinematic lighting",
    "El Niño storm in Rio de Janeiro, aerial view",
    "Emma Stone dancing in La La Land style, 4k",
    "SALE 50 %", "Emma", "12:30", "", "IKEA",
    "Rue de Rivoli", "café", "© 2024", "α and µ", "GATE B12", "口", "一", "|||",
    "https://beispiel.de/der-hund-und-die-katze", "👩‍🚀🚀", "The naïve fiancé ate crème brûlée",
    "a m\u200bas\u200bked m\u0430n", "a w o m a n  w a l k s  h o m e", "namow a fo trartrop",
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), ELSEWHERE)
def test_a_sentence_in_another_language_is_named(language, text) -> None:
    assert detect(text).language == language
    assert others([text], ("en",)) == (language,)


@pytest.mark.parametrize("text", OURS)
def test_english_and_what_is_in_no_language_counts_as_read(text) -> None:
    assert others([text], ("en",)) == ()


def test_one_foreign_sentence_among_english_ones_is_seen() -> None:
    text = "A calm lake at dawn, mist on the water and a boat. Der Mann wird getötet. Cinematic, wide shot."
    assert others([text], ("en",)) == ("de",)
    assert detect(text).language == "en"


def test_words_that_no_list_has_are_in_an_unknown_language() -> None:
    assert detect("hestur stendur við gamla kirkju undir norðurljósum").language == UNKNOWN
    assert detect("kwa vurr sibb horrt plenk").language == UNKNOWN


def test_one_grave_word_is_enough_where_two_common_ones_are_needed() -> None:
    assert others(["Tod den Juden"], ("en",)) == ("de",)
    assert others(["den Haag"], ("en",)) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "a woman sitting, ganz nackt, in a park"),
        ("de", "Sprengstoff herstellen"),
        ("nl", "klootzak"),
        ("fr", "Putain de merde"),
        ("pl", "kurwa"),
        ("hi", "main tumhe nahi maarna"),
        ("ja", "watashi wa hito wo koroshitai"),
    ],
)
def test_a_grave_word_is_not_passed_because_english_stands_around_it(language, text) -> None:
    assert language in others([text], ("en",))


@pytest.mark.parametrize("sign", ["A", "'", "7", "\u0301", "\x01", "a@", "www."])
def test_long_runs_without_spaces_take_time_in_proportion(sign) -> None:
    """With work that grows with the square this takes many minutes."""
    assert others([sign * 50_000], ("en",)) == ()


def test_short_captions_that_say_nothing_apart_are_judged_together() -> None:
    assert detect("¿Cómo?").language == NONE
    assert others(["Muy bien", "¿Qué hay?", "Todo", "Nunca"], ("en",)) == ("es",)


def test_what_is_understood_is_no_other_language() -> None:
    assert others(["Ein Hund läuft durch den Wald"], ("en", "de")) == ()


def test_coded_english_is_english_and_coded_russian_is_not() -> None:
    assert others(["QSBtYXNrZWQgbWFuIHdpdGggYSBrbmlmZQ=="], ("en",)) == ()
    assert others(
        ["%D1%87%D0%B5%D0%BB%D0%BE%D0%B2%D0%B5%D0%BA %D0%B8%D0%B4%D1%91%D1%82"], ("en",)
    ) == ("ru",)


SHORT = {
    "de": "Frohe Weihnachten",
    "fr": "Joyeux anniversaire",
    "es": "Feliz cumpleaños",
    "nl": "Verboden te roken",
    "pl": "Śpiący kot",
    "fi": "Nukkuva kissa",
    "hu": "Jó reggelt",
    "id": "Dilarang merokok",
}


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_a_short_line_in_another_language_is_not_taken_for_english(text) -> None:
    assert others([text], ("en",)) != ()


def test_a_short_line_may_be_in_any_language_that_it_is_as_likely_in() -> None:
    guess = detect("Muy bien")
    assert guess.language != NONE
    assert others(["Muy bien"], ("en", "es")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "golden hour, bokeh, 8k",
        "Emma and Noah",
        "Sofia Rossi, portrait",
        "Yamaha Kawasaki Ducati",
        "Costa del Sol",
        "kimono geisha teahouse",
        "film noir detective",
        "L'Oréal Paris lipstick",
        "São Paulo traffic",
        "BUY ONE GET ONE",
        "do you mind",
    ],
)
def test_short_english_names_and_loan_words_are_no_other_language(text) -> None:
    assert others([text], ("en",)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Deux femmes nues font l'amour",
        "Elle se masturbe",
        "Une fellation en gros plan",
        "Sale juif",
        "Crack rauchen",
        "Arm abhacken",
        "Sex im Bett",
        "Bunuh dia",  # read backwards, half of it is English
        "Si masturba in bagno",
        "Follando en la cocina",
        "Steek hem neer",
        "Han slår henne",
        "Poderżnij mu gardło",
        "Podřízne mu krk",
        "Onu öldür",
        "Ela abre as pernas",
        "Mayat di gudang",
    ],
)
def test_short_lines_of_violence_sex_drugs_and_hate_are_not_passed(text) -> None:
    assert others([text], ("en",)) != ()


@pytest.mark.parametrize(
    "text",
    [
        "The Sega Genesis console",
        "Sega",
        "SEGA Mega Drive",
        "tapas and sangria",
        "tacos al pastor",
        "Puerto Vallarta sunset",
        "pizza quattro stagioni",
        "pain au chocolat",
        "Novak Djokovic",
        "Deutsche Bank",
        "carpe diem",
        "sushi, ramen, tempura",
        "femme fatale",
        "Topo Gigio",
        "hors d'oeuvres tray",
    ],
)
def test_menus_places_and_names_are_no_other_language(text) -> None:
    assert others([text], ("en",)) == ()
