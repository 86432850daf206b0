"""Hate, harassment and self-harm. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import ALL, FRAME, NONE, TEXT, Category, Crosswalk, Severity
from compliance.taxonomy.systems import GARM_OBSCENITY

LEAVES = (
    Category(
        "hate.speech",
        "Attacks on people for a protected characteristic",
        ALL,
        examples=(
            "A voice calls the people of one faith vermin",
            "A prompt for a clip that calls the people of a nation animals",
        ),
        counter_examples=(
            "A lecture that quotes a slur to condemn it",
            "A complaint about a company",
        ),
        severity=Severity(
            medium="stereotypes and exclusion",
            high="slurs, or people called less than human",
            critical="a call for violence or expulsion",
        ),
        crosswalk=Crosswalk(
            azure=("Hate",),
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_HATE_SPEECH",
                "Veo: Hate",
            ),
            openai=(
                "hate",
                "hate/threatening",
            ),
            llama_guard=("S10: Hate",),
            hive=("hate",),
            garm=("Hate speech & acts of aggression",),
        ),
    ),
    Category(
        "hate.symbols",
        "Symbols of hate groups",
        TEXT | FRAME,
        examples=(
            "A swastika on an armband",
            "The hood and cross of the Klan",
        ),
        counter_examples=(
            "The same sign on a temple, where it is a blessing",
            "A museum's display with its caption",
        ),
        severity=Severity(
            low="in history, art or religion, as such",
            medium="in the background, without distance",
            high="worn, waved or praised",
        ),
        crosswalk=Crosswalk(
            azure=("Hate",),
            rekognition=(
                "Hate Symbols",
                "Nazi Party",
                "White Supremacy",
                "Extremist",
            ),
            google=(
                "Gemini: HARM_CATEGORY_HATE_SPEECH",
                "Veo: Hate",
            ),
            openai=("hate",),
            llama_guard=("S10: Hate",),
            hive=(
                "yes_nazi",
                "yes_kkk",
                "yes_confederate",
            ),
            garm=("Hate speech & acts of aggression",),
        ),
    ),
    Category(
        "harassment.abuse",
        "Abuse, humiliation or bullying of a person",
        ALL,
        examples=(
            "A clip made to humiliate a pupil before the class",
            "A voice insults one employee by name",
        ),
        counter_examples=(
            "A roast that its subject takes part in",
            "A harsh review of a book",
        ),
        severity=Severity(
            low="rude words or gestures at nobody in particular",
            medium="insults of one person",
            high="humiliation over a stretch, or of a child",
        ),
        crosswalk=Crosswalk(
            azure=("Hate",),
            rekognition=(
                "Rude Gestures",
                "Middle Finger",
            ),
            google=(
                "Gemini: HARM_CATEGORY_HARASSMENT",
                "Veo: Toxic",
                "Veo: Vulgar",
            ),
            openai=("harassment",),
            llama_guard=NONE,
            hive=(
                "bullying",
                "yes_middle_finger",
            ),
            garm=(
                "Hate speech & acts of aggression",
                GARM_OBSCENITY,
            ),
        ),
    ),
    Category(
        "harassment.threat",
        "A threat against a person or group",
        ALL,
        examples=(
            "A voice tells a witness that she will be found",
            "A letter on screen that promises to burn a shop",
        ),
        counter_examples=(
            "A villain threatens a hero in a fairy tale",
            "A warning that the ice is thin",
        ),
        severity=Severity(
            medium="a vague threat",
            high="a threat against one person or group",
            critical="a threat with time, place or means",
        ),
        crosswalk=Crosswalk(
            azure=("Violence",),
            rekognition=NONE,
            google=(
                "Gemini: HARM_CATEGORY_HARASSMENT",
                "Veo: Violence",
            ),
            openai=(
                "harassment/threatening",
                "hate/threatening",
            ),
            llama_guard=("S1: Violent Crimes",),
            hive=(
                "bullying",
                "violence",
            ),
            garm=("Hate speech & acts of aggression",),
        ),
    ),
    Category(
        "self_harm",
        "Suicide, self-injury or eating disorders",
        ALL,
        examples=(
            "Somebody on a bridge's rail, filmed as a way out",
            "A text that praises starving",
        ),
        counter_examples=(
            "A helpline's advertisement",
            "An emergency drill",
        ),
        severity=Severity(
            medium="spoken of without help or distance",
            high="shown or longed for",
            critical="praised, or explained as a guide",
        ),
        crosswalk=Crosswalk(
            azure=("SelfHarm",),
            rekognition=(
                "Self-Harm",
                "Emaciated Bodies",
            ),
            google=(
                "Gemini: HARM_CATEGORY_DANGEROUS_CONTENT",
                "Veo: Dangerous content",
            ),
            openai=(
                "self-harm",
                "self-harm/intent",
                "self-harm/instructions",
            ),
            llama_guard=("S11: Suicide & Self-Harm",),
            hive=(
                "yes_self_harm",
                "hanging",
                "noose",
                "yes_emaciated_body",
                "self_harm",
                "self_harm_intent",
            ),
            garm=("Crime & Harmful acts to individuals and Society, Human Right Violations",),
        ),
    ),
)
