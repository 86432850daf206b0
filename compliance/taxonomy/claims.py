"""Claims that advertising law asks proof for. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import NONE, NOWHERE, TEXT, Category, Crosswalk, Severity

LEAVES = (
    Category(
        "claims.health",
        "A claim about health, cure or body",
        TEXT,
        examples=(
            "Cures back pain in a week",
            "Lowers your blood pressure, naturally",
        ),
        counter_examples=(
            "A place to relax after work",
            "Ask your doctor",
        ),
        severity=Severity(
            low="well-being in general",
            medium="an effect on the body",
            high="cure or prevention of a disease",
            critical="cure of a grave disease, or advice against treatment",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=NONE,
            openai=NONE,
            llama_guard=("S6: Specialized Advice",),
            hive=NONE,
            garm=("Misinformation",),
        ),
    ),
    Category(
        "claims.finance",
        "A claim about income, returns, credit or savings",
        TEXT,
        examples=(
            "Earn 500 a day from home",
            "A loan without any check",
        ),
        counter_examples=(
            "Prices from ten pounds",
            "A calculator on a desk",
        ),
        severity=Severity(
            low="a saving on a price",
            medium="income, credit or returns",
            high="sure or fast gains",
        ),
        crosswalk=Crosswalk(
            azure=NONE,
            rekognition=NONE,
            google=NONE,
            openai=NONE,
            llama_guard=("S6: Specialized Advice",),
            hive=NONE,
            garm=NONE,
        ),
    ),
    Category(
        "claims.superlative",
        "A claim to be the best, first or only",
        TEXT,
        examples=(
            "The best mattress in the world",
            "The first car that drives on air",
        ),
        counter_examples=(
            "Our best wishes",
            "The first of May",
        ),
        severity=Severity(
            low='plain praise such as "great"',
            medium="best, first or only, in general",
            high="best, first or only, as a measurable fact",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "claims.guarantee",
        "A promise of a result, or of money back",
        TEXT,
        examples=(
            "Results guaranteed in 30 days",
            "Your money back, whatever happens",
        ),
        counter_examples=(
            "A guarantee by law, named as such",
            "She promised to call",
        ),
        severity=Severity(
            low="a guarantee with its terms beside it",
            medium="a guarantee without its terms",
            high="a guarantee of health, income or safety",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "claims.free",
        "A claim that something is free or without conditions",
        TEXT,
        examples=(
            "Free for ever",
            "No strings attached",
        ),
        counter_examples=(
            "Free range eggs",
            "Sugar-free tea",
        ),
        severity=Severity(
            low="free, with the terms beside it",
            medium="free, without its terms",
            high="free, though a subscription or fee follows",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "claims.comparative",
        "A comparison with competitors or with others",
        TEXT,
        examples=(
            "Twice as fast as the market leader",
            "Cheaper than brand X",
        ),
        counter_examples=(
            "Faster than last year's model",
            "A comparison of two paintings",
        ),
        severity=Severity(
            low="a comparison with one's own things",
            medium="a comparison with others in general",
            high="a comparison with a named competitor",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "claims.environmental",
        "A claim about climate, nature or recycling",
        TEXT,
        examples=(
            "Carbon neutral since 2020",
            "Made from ocean plastic, good for the planet",
        ),
        counter_examples=(
            "A forest in the background",
            "The green version of the shirt",
        ),
        severity=Severity(
            low='a vague word such as "green"',
            medium="a quality such as recyclable",
            high="neutral, zero or good for the climate, without a proof",
        ),
        crosswalk=NOWHERE,
    ),
)
