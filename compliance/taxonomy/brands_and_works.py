"""Brands and works: whose mark, whose copy, whose name. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import (
    AUDIO,
    FRAME,
    NONE,
    NOWHERE,
    TEXT,
    Category,
    Crosswalk,
    Severity,
)

LEAVES = (
    Category(
        "brand.logo",
        "A mark of a brand in a bank",
        FRAME,
        examples=(
            "A swoosh on a runner's shoe",
            "A beverage maker's mark on a vending machine",
        ),
        counter_examples=(
            "A plain red can",
            "A heart on a shirt",
        ),
        severity=Severity(
            low="small, blurred or in passing",
            medium="readable in the scene",
            high="in focus or held up, as if the brand took part",
            critical="on a faulty, harmful or indecent thing",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=("Veo: Third-party content",),
            openai=NONE,
            llama_guard=("S8: Intellectual Property",),
            hive=NONE,
            garm=NONE,
        ),
    ),
    Category(
        "brand.own_misuse",
        "A mark of one's own, shown against its brand's rules",
        FRAME,
        examples=(
            "One's own mark, stretched to twice its width",
            "One's own mark on a background that its rules forbid",
        ),
        counter_examples=(
            "One's own mark as its rules say",
            "A mark that is not one's own",
        ),
        severity=Severity(
            low="a little too close to other things",
            medium="wrong colour, proportion or background",
            high="altered or misspelt, as generators do",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "brand.name",
        "The name of a brand in a bank",
        TEXT,
        examples=(
            "A prompt asks for a named maker's sneakers",
            "A narrator names a rival's phone",
        ),
        counter_examples=(
            "The fruit, not the company",
            "An amazon river cruise",
        ),
        severity=Severity(
            low="named in passing",
            medium="named as what is shown",
            high="named as sponsor, or to be disparaged",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=("Veo: Third-party content",),
            openai=NONE,
            llama_guard=("S8: Intellectual Property",),
            hive=NONE,
            garm=NONE,
        ),
    ),
    Category(
        "ip.copy",
        "A copy of a registered work, exact or edited",
        FRAME | AUDIO,
        examples=(
            "Ten seconds of a film, mirrored and recoloured",
            "The recording of a song under the pictures",
        ),
        counter_examples=(
            "A new recording of a folk tune in the public domain",
            "A short scene of the same kind, newly made",
        ),
        severity=Severity(
            low="a second or less",
            medium="some seconds, in a small part of the frame",
            high="a stretch that stands for the work",
            critical="most of the work, or a work that is not yet out",
        ),
        crosswalk=Crosswalk(
            azure=("Protected material",),
            rekognition=NONE,
            google=("Veo: Third-party content",),
            openai=NONE,
            llama_guard=("S8: Intellectual Property",),
            hive=NONE,
            garm=("Online piracy",),
        ),
    ),
    Category(
        "ip.similarity",
        "Likeness to a registered work, not a copy",
        FRAME,
        examples=(
            "A frame that repeats the composition of a known painting",
            "A character with the outline and colours of a known one",
        ),
        counter_examples=(
            "A sunset over the sea",
            "A style of an age, such as film noir",
        ),
        severity=Severity(
            low="a common motif",
            medium="likeness that a viewer would name",
            high="likeness of the protected character or scene itself",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=("Veo: Third-party content",),
            openai=NONE,
            llama_guard=("S8: Intellectual Property",),
            hive=NONE,
            garm=NONE,
        ),
    ),
    Category(
        "ip.name",
        "The name of a work, character, franchise or artist's style",
        TEXT,
        examples=(
            "A prompt names a cartoon mouse",
            "A prompt asks for the style of a living illustrator",
        ),
        counter_examples=(
            "A style of an age, such as baroque",
            "A word that is a title only by chance, such as frozen lake",
        ),
        severity=Severity(
            low="named as a comparison",
            medium="named as what is shown",
            high="named so that its characters or style are made anew",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=("Veo: Third-party content",),
            openai=NONE,
            llama_guard=("S8: Intellectual Property",),
            hive=NONE,
            garm=NONE,
        ),
    ),
)
