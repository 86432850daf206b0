"""Violence, weapons and extremism. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import ALL, Category, Crosswalk, Severity
from compliance.taxonomy.systems import GARM_OBSCENITY

LEAVES = (
    Category(
        "violence.graphic",
        "Gore, mutilation or torture",
        ALL,
        examples=(
            "A wound in close-up, with much blood",
            "A body that was torn apart",
        ),
        counter_examples=(
            "A make-up artist shows how film blood is mixed",
            "Surgeons at work, the field covered",
        ),
        severity=Severity(
            medium="a little blood, or gore plainly drawn",
            high="much blood, or a corpse",
            critical="mutilation or torture",
        ),
        crosswalk=Crosswalk(
            azure=("Violence",),
            rekognition=(
                "Graphic Violence",
                "Blood & Gore",
                "Visually Disturbing",
                "Death and Emaciation",
                "Emaciated Bodies",
                "Corpses",
            ),
            google=(
                "SafeSearch: violence",
                "Veo: Violence",
            ),
            openai=("violence/graphic",),
            llama_guard=("S1: Violent Crimes",),
            hive=(
                "very_bloody",
                "a_little_bloody",
                "other_blood",
                "human_corpse",
                "animated_corpse",
                "yes_emaciated_body",
                "violent_description",
            ),
            garm=(
                "Death, Injury or Military Conflict",
                GARM_OBSCENITY,
            ),
        ),
    ),
    Category(
        "violence.general",
        "Physical harm to people or animals",
        ALL,
        examples=(
            "Two men beat a third in an alley",
            "A dog is kicked",
        ),
        counter_examples=(
            "A boxing match with a referee",
            "A building is demolished by its owner",
        ),
        severity=Severity(
            low="slapstick, or harm plainly drawn",
            medium="a fight without lasting harm",
            high="grave harm, or harm to children or animals",
        ),
        crosswalk=Crosswalk(
            azure=("Violence",),
            rekognition=(
                "Violence",
                "Graphic Violence",
                "Weapon Violence",
                "Physical Violence",
                "Explosions and Blasts",
                "Crashes",
                "Air Crash",
            ),
            google=(
                "SafeSearch: violence",
                "Veo: Violence",
            ),
            openai=("violence",),
            llama_guard=("S1: Violent Crimes",),
            hive=(
                "yes_fight",
                "yes_animal_abuse",
                "violence",
            ),
            garm=(
                "Crime & Harmful acts to individuals and Society, Human Right Violations",
                "Death, Injury or Military Conflict",
            ),
        ),
    ),
    Category(
        "violence.weapons",
        "Weapons shown or described",
        ALL,
        examples=(
            "A rifle is aimed at the camera",
            "A prompt for a man with a machete in a market",
        ),
        counter_examples=(
            "A cook slices onions with a kitchen knife",
            "A child with a water pistol",
        ),
        severity=Severity(
            low="in a museum, in sport, or plainly a toy",
            medium="carried or lying ready",
            high="aimed at somebody, offered for sale, or in a child's hands",
        ),
        crosswalk=Crosswalk(
            azure=("Violence",),
            rekognition=(
                "Weapons",
                "Weapon Violence",
            ),
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Dangerous content",
            ),
            openai=("illicit/violent",),
            llama_guard=("S2: Non-Violent Crimes",),
            hive=(
                "gun_in_hand",
                "gun_not_in_hand",
                "animated_gun",
                "knife_in_hand",
                "knife_not_in_hand",
                "culinary_knife_in_hand",
                "culinary_knife_not_in_hand",
                "weapons",
            ),
            garm=("Arms & Ammunition",),
        ),
    ),
    Category(
        "violence.extremism",
        "Terrorism and violent extremism, praised or staged",
        ALL,
        examples=(
            "A recruitment clip of a terrorist group",
            "A staged execution before a flag",
        ),
        counter_examples=(
            "A report on a trial of extremists",
            "A history lesson on a civil war",
        ),
        severity=Severity(
            medium="named without distance",
            high="symbols, slogans or attackers shown as models",
            critical="praise, recruitment or guidance",
        ),
        crosswalk=Crosswalk(
            azure=("Violence",),
            rekognition=("Extremist",),
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Violence",
                "Veo: Dangerous content",
            ),
            openai=(
                "violence",
                "illicit/violent",
            ),
            llama_guard=("S1: Violent Crimes",),
            hive=("yes_terrorist",),
            garm=("Terrorism",),
        ),
    ),
)
