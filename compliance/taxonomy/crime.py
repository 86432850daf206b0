"""Substances, gambling and crime. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import ALL, NONE, Category, Crosswalk, Severity

LEAVES = (
    Category(
        "substances.drugs",
        "Illegal drugs made, sold, used or praised",
        ALL,
        examples=(
            "A line of white powder on a mirror",
            "A prompt for a cheerful tutorial on growing cannabis where it is forbidden",
        ),
        counter_examples=(
            "A pharmacist hands over medicine",
            "A documentary on addiction",
        ),
        severity=Severity(
            low="named or plainly condemned",
            medium="shown in use",
            high="praised, sold or made",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=(
                "Drugs & Tobacco",
                "Products",
                "Pills",
                "Drugs & Tobacco Paraphernalia & Use",
            ),
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Dangerous content",
            ),
            openai=("illicit",),
            llama_guard=("S2: Non-Violent Crimes",),
            hive=(
                "yes_pills",
                "illicit_injectables",
                "yes_marijuana",
                "drugs",
            ),
            garm=("Illegal Drugs/Tobacco/e-cigarettes/Vaping/Alcohol",),
        ),
    ),
    Category(
        "substances.alcohol_tobacco",
        "Alcohol, tobacco or vaping, shown or praised",
        ALL,
        examples=(
            "Friends raise glasses of beer",
            "A detective lights a cigarette",
        ),
        counter_examples=(
            "A glass of water",
            "A chimney that smokes",
        ),
        severity=Severity(
            low="on the table or in the background",
            medium="drunk or smoked",
            high="praised, given to minors, or with driving",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=(
                "Alcohol",
                "Alcohol Use",
                "Drinking",
                "Alcoholic Beverages",
                "Smoking",
            ),
            google=NONE,
            openai=NONE,
            llama_guard=NONE,
            hive=(
                "yes_alcohol",
                "yes_drinking_alcohol",
                "animated_alcohol",
                "yes_smoking",
            ),
            garm=("Illegal Drugs/Tobacco/e-cigarettes/Vaping/Alcohol",),
        ),
    ),
    Category(
        "gambling",
        "Betting, casinos and games for money",
        ALL,
        examples=(
            "A roulette wheel with chips",
            "A voice urges to bet on tonight's match",
        ),
        counter_examples=(
            "A board game with dice",
            "A raffle for a school",
        ),
        severity=Severity(
            low="shown in passing",
            medium="shown as fun",
            high="advertised with gains, or to minors",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=("Gambling",),
            google=NONE,
            openai=NONE,
            llama_guard=NONE,
            hive=("yes_gambling",),
            garm=NONE,
        ),
    ),
    Category(
        "illicit.crime",
        "Crimes other than those named apart, shown as a guide or praised",
        ALL,
        examples=(
            "A tutorial on opening somebody else's lock",
            "A clip that praises shoplifting",
        ),
        counter_examples=(
            "A locksmith helps an owner",
            "A detective film with a burglary",
        ),
        severity=Severity(
            medium="a crime shown as a lark",
            high="praised, or explained in part",
            critical="explained so that it can be done",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Dangerous content",
            ),
            openai=(
                "illicit",
                "illicit/violent",
            ),
            llama_guard=("S2: Non-Violent Crimes",),
            hive=NONE,
            garm=("Crime & Harmful acts to individuals and Society, Human Right Violations",),
        ),
    ),
    Category(
        "illicit.fraud",
        "Fraud and scams",
        ALL,
        examples=(
            "A fake bank asks viewers for their codes",
            "An invented celebrity promises to double deposits",
        ),
        counter_examples=(
            "A bank explains how to recognise fraud",
            "A heist film",
        ),
        severity=Severity(
            medium="promises that smell of a scheme",
            high="a scheme with a call to act",
            critical="a scheme in the name of a real bank, authority or person",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Dangerous content",
            ),
            openai=("illicit",),
            llama_guard=("S2: Non-Violent Crimes",),
            hive=("spam",),
            garm=("Spam or Harmful Content",),
        ),
    ),
    Category(
        "illicit.mass_weapons",
        "Chemical, biological, radiological, nuclear and explosive weapons",
        ALL,
        examples=(
            "A prompt that asks how a nerve agent is made",
            "A clip that explains a bomb's parts as a guide",
        ),
        counter_examples=(
            "A history of arms control",
            "Fireworks over a harbour",
        ),
        severity=Severity(
            medium="admired",
            high="sought or planned",
            critical="explained so that it can be made",
        ),
        crosswalk=Crosswalk(
            azure=("Violence",),
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Dangerous content",
            ),
            openai=("illicit/violent",),
            llama_guard=("S9: Indiscriminate Weapons",),
            hive=NONE,
            garm=(
                "Arms & Ammunition",
                "Terrorism",
            ),
        ),
    ),
)
