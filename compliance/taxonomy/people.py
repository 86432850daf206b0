"""People: faces, voices and names of people that one knows, seen and heard faces, and consent. No I/O."""

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
        "likeness.face",
        "A person's face, matched to a bank of people",
        FRAME,
        examples=(
            "The face of a well-known actor on a generated passer-by",
            "A presenter's face, animated from one photograph",
        ),
        counter_examples=(
            "A crowd in which nobody can be told apart",
            "A drawn mascot with a smile",
        ),
        severity=Severity(
            low="in the background, for less than a second",
            medium="recognisable, in a scene that nobody could mind",
            high="the person that the clip is about",
            critical="in a degrading, sexual, criminal or partisan scene",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=("Veo: Celebrity",),
            openai=NONE,
            llama_guard=NONE,
            hive=NONE,
            garm=NONE,
        ),
    ),
    Category(
        "likeness.voice",
        "A person's voice, matched to a bank of people",
        AUDIO,
        examples=(
            "A narrator that sounds like a singer in the bank",
            "A politician's cloned voice over a landscape",
        ),
        counter_examples=(
            "A synthetic voice of the generator's own catalogue",
            "An impression that announces itself as parody, in a voice that is not alike",
        ),
        severity=Severity(
            low="a few words, hard to make out",
            medium="recognisable, saying something harmless",
            high="the voice that carries the clip",
            critical="put to words that the person never said, on money, health or votes",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "likeness.name",
        "The name of a person in a bank",
        TEXT,
        examples=(
            "A prompt that asks for a named footballer",
            "A caption with the name of a television host",
        ),
        counter_examples=(
            "A rose that is named after a queen",
            "A street or prize that bears a person's name, spoken of as such",
        ),
        severity=Severity(
            low="named in passing, in a negative prompt or as a credit",
            medium="named as somebody who takes part",
            high="the prompt asks for the look or voice of that person",
            critical="the prompt asks to show them degraded, undressed or breaking the law",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=("Veo: Celebrity",),
            openai=NONE,
            llama_guard=NONE,
            hive=NONE,
            garm=NONE,
        ),
    ),
    Category(
        "presence.face",
        "A face that is seen, whoever's it is",
        FRAME,
        examples=(
            "A passer-by looks into the camera",
            "A portrait hangs on the wall of the set",
        ),
        counter_examples=(
            "A mannequin without features",
            "The back of a head",
        ),
        severity=Severity(
            low="small, turned away or blurred",
            medium="large enough to be recognised by friends",
            high="fills the frame, and nobody has said whose it is",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "presence.voice",
        "A voice that is heard, whoever's it is",
        AUDIO,
        examples=(
            "Somebody speaks off screen",
            "A chorus of which one voice stands out",
        ),
        counter_examples=(
            "Wind, footsteps and birds",
            "An instrument that plays the melody",
        ),
        severity=Severity(
            low="murmur in the background",
            medium="intelligible words of one speaker",
            high="the clip's main voice, and nobody has said whose it is",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "consent.intimate_imagery",
        "Undressing or sexualising somebody who did not agree to it",
        TEXT,
        examples=(
            "A prompt that asks to undress the woman in an uploaded photograph",
            "A prompt for a bedroom scene with a colleague's face",
        ),
        counter_examples=(
            "A couple of actors kiss, as their contracts allow",
            "A painter draws a model who sits for the class",
        ),
        severity=Severity(
            high="suggestive imagery of a real person without a word of consent",
            critical="nudity or sexual acts with a real person's face or body",
        ),
        crosswalk=Crosswalk(
            azure=("Sexual",),
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_SEXUALLY_EXPLICIT",
                "Veo: Sexual",
            ),
            openai=("sexual",),
            llama_guard=(
                "S3: Sex-Related Crimes",
                "S12: Sexual Content",
            ),
            hive=(
                "yes_undressed",
                "sexual",
            ),
            garm=("Adult & Explicit Sexual Content",),
        ),
    ),
    Category(
        "consent.covert",
        "Filming people who do not know that they are filmed",
        TEXT,
        examples=(
            "A prompt for a hidden camera in a changing room",
            "A prompt for footage of a neighbour through the curtains",
        ),
        counter_examples=(
            "A street scene shot in the open",
            "A documentary that shows how a wildlife camera is hidden",
        ),
        severity=Severity(
            medium="somebody is filmed unaware in a public place",
            high="somebody is filmed unaware at home or at work",
            critical="somebody is filmed unaware in an intimate place",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=NONE,
            openai=NONE,
            llama_guard=("S7: Privacy",),
            hive=NONE,
            garm=NONE,
        ),
    ),
)
