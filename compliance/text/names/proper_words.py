"""Words that are in capitals for another reason than the title or brand: places, people, days, sentences."""

from __future__ import annotations

PROPER = frozenset(
    """
    alexander amadeus amazon anastasia angel annabelle annie anora arthur avalon babel babylon
    beethoven boston brazil cambridge carrie casablanca celeste chernobyl chicago chinatown clarence
    cleopatra dallas daria dexter dunkirk elf elvis evita f1 ferdinand franklin gomorrah gotham
    halloween hamilton hannibal hermes hilda hollywood homeland jordan jupiter klaus leo lincoln
    logan lolita lucy lupin madagascar madeline manhattan mars martine matilda mercury merlin
    metropolis mozart nana nancy neptune oklahoma olympus omega oppenheimer oxford pandora paprika
    patagonia persepolis phoenix rebecca rio roma rome saturn sherlock spartacus ted tokyo troy
    venus vinci wentworth yellowstone
    after bad big company contact get her it lost m nine nobody saw them up us you
    """.split()
) | {
    "abbey road",
    "independence day",
    "notting hill",
    "pearl harbor",
    "get out",
    "san andreas",
    "silicon valley",
}
"""In lower case. A capital says nothing for them."""
