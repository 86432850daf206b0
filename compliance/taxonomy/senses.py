"""Accessibility and flashing light. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import AUDIO, CAPTION, FRAME, NOWHERE, OCR, Category, Severity

LEAVES = (
    Category(
        "accessibility.captions_missing",
        "Speech without captions",
        AUDIO | CAPTION,
        examples=(
            "Two people talk and no captions come with the clip",
            "Captions that end half way through the speech",
        ),
        counter_examples=(
            "Music and wind only",
            "A silent clip",
        ),
        severity=Severity(
            medium="a few words without captions",
            high="speech that carries the clip, without captions",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "accessibility.captions_timing",
        "Captions too short, too fast, overlapping or outside the media",
        CAPTION,
        examples=(
            "A caption of forty words that stands for a second",
            "Two captions at the same time",
        ),
        counter_examples=(
            "A caption that follows the speaker",
            "A caption that stands a little longer than the word",
        ),
        severity=Severity(
            low="a few captions a little fast",
            medium="captions that cannot be read in time",
            high="captions outside the media, or out of step throughout",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "accessibility.legibility",
        "Text on screen too small, too faint or too short to read",
        OCR,
        examples=(
            "Grey type on a light wall",
            "Terms of an offer in type of ten pixels",
        ),
        counter_examples=(
            "A title of white on black, for four seconds",
            "The small print of a book that lies on a table",
        ),
        severity=Severity(
            low="decoration that is hard to read",
            medium="information that is hard to read",
            high="terms, warnings or labels that cannot be read",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "accessibility.loudness",
        "Loudness or true peak outside the range",
        AUDIO,
        examples=(
            "A commercial ten decibels louder than the programme",
            "A peak above full scale",
        ),
        counter_examples=(
            "Speech at the level that the channel asks for",
            "A loud scene within a quiet film, in range as a whole",
        ),
        severity=Severity(
            low="a little outside the range",
            medium="plainly outside the range",
            high="so loud that it can hurt, or cannot be heard",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "accessibility.silence",
        "Sound that is silent for long",
        AUDIO,
        examples=(
            "Thirty seconds without sound in the middle of an interview",
            "A channel that is silent throughout",
        ),
        counter_examples=(
            "A pause between two sentences",
            "A clip that never had sound",
        ),
        severity=Severity(
            low="a few seconds",
            medium="long enough that a viewer checks the set",
            high="most of the clip",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "flash.general",
        "Flashes of light, more than three in any second",
        FRAME,
        examples=(
            "Five white flashes within a second",
            "A strobe over a dance floor",
        ),
        counter_examples=(
            "One flash of a camera",
            "A slow fade to white",
        ),
        severity=Severity(
            medium="near the limit, or in a small part of the frame",
            high="over the limit of three in a second",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "flash.red",
        "Flashes to or from saturated red, more than three in any second",
        FRAME,
        examples=(
            "Saturated red and black in turns, five times a second",
            "A siren that fills the frame with red",
        ),
        counter_examples=(
            "A red dress",
            "A rear light far away",
        ),
        severity=Severity(
            medium="near the limit, or in a small part of the frame",
            high="over the limit of three in a second",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "flash.extended",
        "Two or three flashes a second for more than five seconds",
        FRAME,
        examples=(
            "A lamp that blinks twice a second for ten seconds",
            "Lightning, again and again, through a whole scene",
        ),
        counter_examples=(
            "A lamp that blinks twice and stops",
            "Traffic lights that change",
        ),
        severity=Severity(
            medium="over the limit by a second or two",
            high="over the limit for long",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "flash.pattern",
        "Regular spatial patterns that can provoke seizures",
        FRAME,
        examples=(
            "Black and white stripes that fill the frame and move",
            "A spinning spiral of high contrast",
        ),
        counter_examples=(
            "A striped shirt far away",
            "A fence at the roadside",
        ),
        severity=Severity(
            medium="few stripes, or a small part of the frame",
            high="many stripes over a large part of the frame",
        ),
        crosswalk=NOWHERE,
    ),
)
