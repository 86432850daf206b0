"""Sexual content. No I/O.

Nothing of it is illustrated beyond a neutral sentence.
"""

from __future__ import annotations

from compliance.taxonomy.category import ALL, NONE, Category, Crosswalk, Severity

LEAVES = (
    Category(
        "sexual.explicit",
        "Sexual acts or genitals shown or described",
        ALL,
        examples=(
            "A sex scene with visible genitals",
            "A text that describes intercourse in detail",
        ),
        counter_examples=(
            "A nude in a museum, painted",
            "A lesson on human anatomy",
        ),
        severity=Severity(
            medium="a short textual mention",
            high="nudity with visible genitals",
            critical="sexual acts",
        ),
        crosswalk=Crosswalk(
            azure=("Sexual",),
            rekognition=(
                "Explicit",
                "Explicit Nudity",
                "Exposed Male Genitalia",
                "Exposed Female Genitalia",
                "Exposed Buttocks or Anus",
                "Exposed Female Nipple",
                "Explicit Sexual Activity",
                "Sex Toys",
            ),
            google=(
                "SafeSearch: adult",
                "Gemini: HARM_CATEGORY_SEXUALLY_EXPLICIT",
                "Veo: Sexual",
            ),
            openai=("sexual",),
            llama_guard=("S12: Sexual Content",),
            hive=(
                "general_nsfw",
                "yes_sexual_activity",
                "yes_realistic_nsfw",
                "animal_genitalia_and_human",
                "yes_female_nudity",
                "yes_male_nudity",
                "yes_genitals",
                "yes_breast",
                "yes_sex_toy",
                "sexual",
                "sexual_description",
            ),
            garm=("Adult & Explicit Sexual Content",),
        ),
    ),
    Category(
        "sexual.suggestive",
        "Nudity or sexual innuendo short of explicit",
        ALL,
        examples=(
            "A dancer in lingerie, filmed for its own sake",
            "A prompt for a seductive pose on a bed",
        ),
        counter_examples=(
            "Swimmers at a race",
            "A mother nurses her child",
        ),
        severity=Severity(
            low="swimwear or underwear where it belongs",
            medium="poses or words that suggest sex",
            high="nudity that is hidden by little",
        ),
        crosswalk=Crosswalk(
            azure=("Sexual",),
            rekognition=(
                "Non-Explicit Nudity of Intimate parts and Kissing",
                "Non-Explicit Nudity",
                "Bare Back",
                "Exposed Male Nipple",
                "Partially Exposed Buttocks",
                "Partially Exposed Female Breast",
                "Implied Nudity",
                "Obstructed Intimate Parts",
                "Obstructed Female Nipple",
                "Obstructed Male Genitalia",
                "Kissing on the Lips",
                "Swimwear or Underwear",
                "Female Swimwear or Underwear",
                "Male Swimwear or Underwear",
            ),
            google=(
                "SafeSearch: racy",
                "Gemini: HARM_CATEGORY_SEXUALLY_EXPLICIT",
                "Veo: Sexual",
                "Veo: Vulgar",
            ),
            openai=("sexual",),
            llama_guard=("S12: Sexual Content",),
            hive=(
                "general_suggestive",
                "yes_sexual_intent",
                "yes_undressed",
                "yes_female_underwear",
                "yes_male_underwear",
                "yes_female_swimwear",
                "yes_male_shirtless",
                "yes_cleavage",
                "yes_bra",
                "yes_panties",
                "yes_negligee",
                "yes_bulge",
                "yes_butt",
                "kissing",
                "licking",
                "sexual",
            ),
            garm=("Adult & Explicit Sexual Content",),
        ),
    ),
    Category(
        "sexual.minors",
        "Any sexualisation of a person under 18",
        ALL,
        examples=(
            "No example is given; what is suspected is quarantined and escalated, never shown",
        ),
        counter_examples=("Ordinary scenes of childhood, such as school, sport and family life",),
        severity=Severity(
            critical="always",
        ),
        crosswalk=Crosswalk(
            azure=("Sexual",),
            rekognition=NONE,
            google=(
                "Veo: Child",
                "Veo: Prohibited content",
            ),
            openai=("sexual/minors",),
            llama_guard=("S4: Child Sexual Exploitation",),
            hive=(
                "yes_child_safety",
                "child_exploitation",
                "child_safety",
            ),
            garm=("Adult & Explicit Sexual Content",),
        ),
    ),
    Category(
        "sexual.violence",
        "Rape and other sexual acts without consent",
        ALL,
        examples=(
            "A scene in which somebody is forced",
            "A text that praises an assault",
        ),
        counter_examples=(
            "A survivor speaks about the trial",
            "A campaign against harassment at work",
        ),
        severity=Severity(
            high="named or implied",
            critical="shown, described or praised",
        ),
        crosswalk=Crosswalk(
            azure=(
                "Sexual",
                "Violence",
            ),
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_SEXUALLY_EXPLICIT",
                "Veo: Sexual",
                "Veo: Violence",
            ),
            openai=(
                "sexual",
                "violence",
            ),
            llama_guard=("S3: Sex-Related Crimes",),
            hive=(
                "sexual",
                "violence",
            ),
            garm=(
                "Adult & Explicit Sexual Content",
                "Crime & Harmful acts to individuals and Society, Human Right Violations",
            ),
        ),
    ),
)
