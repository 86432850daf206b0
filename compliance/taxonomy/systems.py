"""The seven systems of other makers that categories are compared with, and all their labels. No I/O.

Their labels are written as they are known in 2026 from public documentation or, where a system says so, from
what others quote of it. None is checked against a live service. Only what classifies content is meant: other
products of the same makers, such as recognising celebrities or logos, are left out. A system may draw its lines
elsewhere than we do, and may change its labels.
"""

from __future__ import annotations

from dataclasses import dataclass

from compliance.taxonomy.category import Labels


@dataclass(frozen=True)
class System:
    """Another maker's taxonomy."""

    name: str
    """What it is called on the command line and in JSON."""
    title: str
    """Its full name."""
    source: str
    """Where the list of its labels was taken from."""
    labels: Labels
    """Its labels, in its own order."""


_AZURE = ("Hate", "SelfHarm", "Sexual", "Violence", "Prompt Shields", "Protected material")

_REKOGNITION = (
    *("Explicit", "Explicit Nudity", "Exposed Male Genitalia", "Exposed Female Genitalia"),
    *("Exposed Buttocks or Anus", "Exposed Female Nipple", "Explicit Sexual Activity", "Sex Toys"),
    *("Non-Explicit Nudity of Intimate parts and Kissing", "Non-Explicit Nudity", "Bare Back"),
    *("Exposed Male Nipple", "Partially Exposed Buttocks", "Partially Exposed Female Breast"),
    *("Implied Nudity", "Obstructed Intimate Parts", "Obstructed Female Nipple"),
    *("Obstructed Male Genitalia", "Kissing on the Lips", "Swimwear or Underwear"),
    *("Female Swimwear or Underwear", "Male Swimwear or Underwear"),
    *("Violence", "Weapons", "Graphic Violence", "Weapon Violence", "Physical Violence"),
    *("Self-Harm", "Blood & Gore", "Explosions and Blasts"),
    *("Visually Disturbing", "Death and Emaciation", "Emaciated Bodies", "Corpses"),
    *("Crashes", "Air Crash"),
    *("Drugs & Tobacco", "Products", "Pills", "Drugs & Tobacco Paraphernalia & Use", "Smoking"),
    *("Alcohol", "Alcohol Use", "Drinking", "Alcoholic Beverages"),
    *("Rude Gestures", "Middle Finger", "Gambling"),
    *("Hate Symbols", "Nazi Party", "White Supremacy", "Extremist"),
)

_GOOGLE = (
    *(f"SafeSearch: {name}" for name in ("adult", "spoof", "medical", "violence", "racy")),
    "Gemini: HARM_CATEGORY_HARASSMENT",
    "Gemini: HARM_CATEGORY_HATE_SPEECH",
    "Gemini: HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
    "Gemini: HARM_CATEGORY_CIVIC_INTEGRITY",
    "Gemini: HARM_CATEGORY_JAILBREAK",
    *("Veo: Child", "Veo: Celebrity", "Veo: Video safety violation", "Veo: Dangerous content"),
    *("Veo: Hate", "Veo: Other", "Veo: Prohibited content", "Veo: Third-party content"),
    *("Veo: Sexual", "Veo: Toxic", "Veo: Violence", "Veo: Vulgar"),
)

_OPENAI = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening"),
    *("illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions"),
    *("sexual", "sexual/minors", "violence", "violence/graphic"),
)

_LLAMA_GUARD = (
    "S1: Violent Crimes",
    "S2: Non-Violent Crimes",
    "S3: Sex-Related Crimes",
    "S4: Child Sexual Exploitation",
    "S5: Defamation",
    "S6: Specialized Advice",
    "S7: Privacy",
    "S8: Intellectual Property",
    "S9: Indiscriminate Weapons",
    "S10: Hate",
    "S11: Suicide & Self-Harm",
    "S12: Sexual Content",
    "S13: Elections",
    "S14: Code Interpreter Abuse",
)

_HIVE_VISUAL = (
    *("general_nsfw", "general_suggestive", "yes_sexual_activity", "yes_realistic_nsfw"),
    *("yes_sexual_intent", "yes_female_nudity", "yes_male_nudity", "yes_undressed", "yes_genitals"),
    *("yes_breast", "yes_butt", "yes_bulge", "yes_cleavage", "yes_bra", "yes_panties"),
    *("yes_negligee", "yes_female_underwear", "yes_male_underwear", "yes_female_swimwear"),
    *("yes_male_shirtless", "yes_sex_toy", "kissing", "licking"),
    *("animal_genitalia_and_human", "animal_genitalia_only", "animated_animal_genitalia"),
    *("gun_in_hand", "gun_not_in_hand", "animated_gun", "knife_in_hand", "knife_not_in_hand"),
    *("culinary_knife_in_hand", "culinary_knife_not_in_hand"),
    *("very_bloody", "a_little_bloody", "other_blood", "human_corpse", "animated_corpse"),
    *("yes_fight", "yes_animal_abuse", "yes_emaciated_body", "hanging", "noose", "yes_self_harm"),
    *("yes_pills", "illicit_injectables", "medical_injectables", "yes_marijuana", "yes_smoking"),
    *("yes_alcohol", "yes_drinking_alcohol", "animated_alcohol", "yes_gambling"),
    *("yes_nazi", "yes_kkk", "yes_confederate", "yes_terrorist", "yes_middle_finger"),
    *("yes_child_present", "yes_child_safety"),
)
_HIVE_TEXT = (
    *("sexual", "sexual_description", "hate", "violence", "violent_description", "bullying"),
    *("self_harm", "self_harm_intent", "weapons", "drugs", "child_exploitation", "child_safety"),
    *("minor_explicitly_mentioned", "minor_implicitly_mentioned"),
    *("spam", "promotions", "redirection", "gibberish", "phone_number"),
)

GARM_OBSCENITY = (
    "Obscenity and Profanity, including language, gestures, and explicitly gory, graphic or repulsive"
    " content intended to shock and disgust"
)
"""One label of GARM's, in full."""

_GARM = (
    "Adult & Explicit Sexual Content",
    "Arms & Ammunition",
    "Crime & Harmful acts to individuals and Society, Human Right Violations",
    "Death, Injury or Military Conflict",
    "Online piracy",
    "Hate speech & acts of aggression",
    GARM_OBSCENITY,
    "Illegal Drugs/Tobacco/e-cigarettes/Vaping/Alcohol",
    "Spam or Harmful Content",
    "Terrorism",
    "Debated Sensitive Social Issue",
    "Misinformation",
)

_KNOWN = "as known in 2026 from its public documentation; not checked against the live service"

SYSTEMS = {
    one.name: one
    for one in (
        System(
            "azure",
            "Azure AI Content Safety",
            f"the four harm categories by their API terms, and two special detections by name; {_KNOWN}",
            _AZURE,
        ),
        System(
            "rekognition",
            "Amazon Rekognition, content moderation 7",
            f"the three levels of its moderation labels; {_KNOWN}",
            _REKOGNITION,
        ),
        System(
            "google",
            "Google Cloud Vision SafeSearch, Gemini safety settings, Veo support codes",
            "SafeSearch's likelihoods, Gemini's harm categories (CIVIC_INTEGRITY is deprecated) and the"
            f" families of Veo's support codes; {_KNOWN}",
            _GOOGLE,
        ),
        System("openai", "OpenAI moderation (omni)", f"its 13 categories; {_KNOWN}", _OPENAI),
        System(
            "llama-guard",
            "Llama Guard 4",
            "the hazard categories as the card of Llama Guard 3 lists them, said to hold for 4; as known in"
            " 2026, not checked against the model",
            _LLAMA_GUARD,
        ),
        System(
            "hive",
            "Hive visual and text moderation",
            "the classes that programs which call it name, without their opposites, and surely not all; as"
            " known in 2026, not checked against its documentation or the live service",
            _HIVE_VISUAL + _HIVE_TEXT,
        ),
        System(
            "garm",
            "GARM brand safety floor and suitability framework",
            "its twelve categories as others quote the framework of June 2022, whose own text was not at hand;"
            " the organisation was discontinued in 2024",
            _GARM,
        ),
    )
}
"""Every system by its name, in the order in which they are shown."""
