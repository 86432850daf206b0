"""Personal data in text, spoken or on screen. No I/O.

Three systems stay unknown here. Google names a family "Personal information" for Imagen, which the newer
list for Veo does not show; Azure and Hive detect personal data too, by labels that we could not make sure
of.
"""

from __future__ import annotations

from dataclasses import replace

from compliance.taxonomy.category import NONE, TEXT, UNKNOWN, Category, Crosswalk, Severity

_PERSONAL = Crosswalk(
    azure=UNKNOWN,
    rekognition=NONE,
    google=UNKNOWN,
    openai=NONE,
    llama_guard=NONE,
    hive=UNKNOWN,
    garm=NONE,
)
_PRIVATE = replace(_PERSONAL, llama_guard=("S7: Privacy",))

LEAVES = (
    Category(
        "pii.email",
        "An e-mail address",
        TEXT,
        examples=(
            "Write to jane.doe@example.com",
            "A mailbox address on a business card in the shot",
        ),
        counter_examples=(
            "The sign @ in a user name without a domain",
            'A slogan such as "mail us today"',
        ),
        severity=Severity(
            low="a role such as info@ or press@",
            medium="the address of one person",
            high="addresses of many people, as a list",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.phone",
        "A telephone number",
        TEXT,
        examples=(
            "Call 030 123456 after six",
            "A number painted on a delivery van",
        ),
        counter_examples=(
            "An order number of ten digits",
            "A made-up 555 number of a film",
        ),
        severity=Severity(
            low="a switchboard or hotline",
            medium="the number of one person",
            high="a person's number beside a name or address",
        ),
        crosswalk=Crosswalk(
            azure=UNKNOWN,
            rekognition=NONE,
            google=UNKNOWN,
            openai=NONE,
            llama_guard=("S7: Privacy",),
            hive=("phone_number",),
            garm=NONE,
        ),
    ),
    Category(
        "pii.payment_card",
        "A payment card number with a valid check digit",
        TEXT,
        examples=(
            "A card number typed into a form in the shot",
            "A prompt into which a card number was pasted",
        ),
        counter_examples=(
            "The pattern 1234 5678 9012 3456, whose check digit is wrong",
            "The last four digits alone",
        ),
        severity=Severity(
            high="the number alone",
            critical="the number with expiry date, name or security code",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.bank_account",
        "A bank account number, such as an IBAN",
        TEXT,
        examples=(
            "An IBAN in the footer of an invoice",
            "An account number with its sort code, read aloud",
        ),
        counter_examples=(
            "A customer number",
            "A bank's name and address",
        ),
        severity=Severity(
            medium="the account of an organisation that publishes it",
            high="the account of a person",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.national_id",
        "A national identity, social security or tax number",
        TEXT,
        examples=(
            "A social security number in a prompt",
            "A tax number on a form in the shot",
        ),
        counter_examples=(
            "A parcel's tracking number",
            "A case number such as 24-0193",
        ),
        severity=Severity(
            high="the number alone",
            critical="the number with a name or date of birth",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.ip_address",
        "An internet protocol address",
        TEXT,
        examples=(
            "203.0.113.7 in a log on a monitor",
            "An IPv6 address in a caption",
        ),
        counter_examples=(
            "A version such as 1.2.3.4 of a program",
            "An address such as 127.0.0.1 that names no machine of anybody's",
        ),
        severity=Severity(
            low="an address of documentation or a private network",
            medium="a public address",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.crypto_wallet",
        "A crypto-currency wallet address",
        TEXT,
        examples=(
            "A Bitcoin address under a donation notice",
            "A wallet address in a QR code's caption",
        ),
        counter_examples=(
            "A commit's hash",
            "The name of a currency",
        ),
        severity=Severity(
            medium="an address as such",
            high="an address to which viewers are asked to send money",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.person",
        "The name of a person, whoever it is",
        TEXT,
        examples=(
            'A badge reads "Maria Schmidt"',
            "A prompt names the director's daughter",
        ),
        counter_examples=(
            'A role such as "the mayor"',
            "A first name of a fairy-tale character",
        ),
        severity=Severity(
            low="a first name alone",
            medium="a full name",
            high="a full name with address, health or employer",
        ),
        crosswalk=_PERSONAL,
    ),
    Category(
        "pii.place",
        "The name of a place: a town, region or country",
        TEXT,
        examples=(
            'A sign reads "Welcome to Leeds"',
            "A prompt set in rural Bavaria",
        ),
        counter_examples=(
            "A made-up kingdom",
            'A word such as "the coast"',
        ),
        severity=Severity(
            low="a region or country",
            medium="a small town beside a person's name",
        ),
        crosswalk=_PERSONAL,
    ),
    Category(
        "pii.address",
        "A postal address or a part of one that leads to a door",
        TEXT,
        examples=(
            "12 Elm Street, third floor",
            "A parcel label with house number and postcode",
        ),
        counter_examples=(
            "A famous square as a location",
            "A street name without a number, as in a song",
        ),
        severity=Severity(
            medium="an organisation's address",
            high="a home",
            critical="a home, with the name of who lives there or a threat",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.organization",
        "The name of a company, authority or club",
        TEXT,
        examples=(
            "The badge of a hospital",
            "A caption names a sports club",
        ),
        counter_examples=(
            'A sector such as "the steel industry"',
            'A generic word such as "the bank"',
        ),
        severity=Severity(
            low="named as such",
            medium="named as a person's employer, school or clinic",
        ),
        crosswalk=_PERSONAL,
    ),
    Category(
        "pii.date",
        "A date or time, such as a date of birth",
        TEXT,
        examples=(
            "Born on 4 March 1981",
            "A calendar entry at half past nine",
        ),
        counter_examples=(
            "A copyright year",
            'A word such as "tomorrow"',
        ),
        severity=Severity(
            low="a date that says nothing of a person",
            medium="a date of birth or of treatment",
        ),
        crosswalk=_PERSONAL,
    ),
    Category(
        "pii.age",
        "The age of a person",
        TEXT,
        examples=(
            "Anna, 34, from Hull",
            "A 72-year-old patient",
        ),
        counter_examples=(
            "A whisky of twelve years",
            "A building of the last century",
        ),
        severity=Severity(
            low="the age of a character",
            medium="the age of a person who is named",
            high="the age of a child who is named",
        ),
        crosswalk=_PERSONAL,
    ),
    Category(
        "pii.url",
        "A web address or domain",
        TEXT,
        examples=(
            "A personal page such as example.org/~jane",
            "A web address in a shop's window",
        ),
        counter_examples=(
            "A file name such as main.py",
            "A version such as v2.0",
        ),
        severity=Severity(
            low="an organisation's site",
            medium="a person's profile",
            high="a link that leads to private files",
        ),
        crosswalk=_PERSONAL,
    ),
    Category(
        "pii.passport",
        "The number of a passport",
        TEXT,
        examples=(
            "The number line of a passport that lies on a desk",
            "A prompt with a passport number",
        ),
        counter_examples=(
            "A serial number of a machine",
            "A passport's cover",
        ),
        severity=Severity(
            high="the number alone",
            critical="the number with name and date of birth",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.driving_licence",
        "The number of a driving licence",
        TEXT,
        examples=(
            "A licence held into the camera",
            "A licence number in a form",
        ),
        counter_examples=(
            "A driving school's advertisement",
            "A tag on a dog's collar",
        ),
        severity=Severity(
            high="the number alone",
            critical="the number with name and date of birth",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.vehicle_plate",
        "The number plate of a vehicle",
        TEXT,
        examples=(
            "The plate of a parked car, readable",
            "A plate read aloud in a report",
        ),
        counter_examples=(
            "A blurred plate",
            "A plate with a joke on it, in a shop",
        ),
        severity=Severity(
            low="one plate in traffic",
            medium="a plate before a home or with its driver",
            high="a plate that the clip points at",
        ),
        crosswalk=_PRIVATE,
    ),
    Category(
        "pii.document",
        "An identity document, form or letter, by its wording",
        TEXT,
        examples=(
            "An identity card on a table",
            "A letter with letterhead and case number",
        ),
        counter_examples=(
            "A blank form",
            "A newspaper page",
        ),
        severity=Severity(
            medium="a letter or form with entries",
            high="an identity document that can be read",
        ),
        crosswalk=_PRIVATE,
    ),
)
