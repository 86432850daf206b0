"""Where the media comes from: provider, disclosure, generation, provenance and integrity. No I/O."""

from __future__ import annotations

from compliance.taxonomy.category import METADATA, NOWHERE, OCR, Category, Severity

LEAVES = (
    Category(
        "provider.terms",
        "Use that the terms of the generation provider forbid",
        METADATA,
        examples=(
            "A model whose terms forbid commercial use, in an advertisement",
            "A clip from a trial account",
        ),
        counter_examples=(
            "A model whose terms allow the purpose",
            "Terms that nobody has recorded: those are a gap, not a finding",
        ),
        severity=Severity(
            medium="terms that ask for a notice that is absent",
            high="terms that forbid the purpose or the place",
            critical="terms that forbid the content itself",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "disclosure.label",
        "A visible label that says that media is generated",
        OCR,
        examples=(
            '"Made with AI" in the lower left corner, for the whole clip',
            "A title card that says that the scenes are generated",
        ),
        counter_examples=(
            "A watermark of the camera maker",
            "A newspaper with the word AI on its page",
        ),
        severity=Severity(
            low="found; whether it is large and long enough is for a policy to say",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "disclosure.advertising",
        "A visible label that says that media is advertising",
        OCR,
        examples=(
            '"Paid partnership" below the name of a brand',
            '"Werbung" in the upper left corner, for the whole clip',
        ),
        counter_examples=(
            "A label that says that media is generated",
            "A price, or a call to buy",
        ),
        severity=Severity(
            low="found; whether it is demanded is for a policy to say",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "disclosure.latent",
        "Metadata that name provider, system with version, time and unique id of the generation",
        METADATA,
        examples=(
            "Metadata with provider, system, version, time and id",
            "An XMP packet of the generator with all of them",
        ),
        counter_examples=(
            'A comment that says only "AI"',
            "A camera's EXIF",
        ),
        severity=Severity(
            low="found; whether it is demanded is for a policy to say",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "disclosure.aigc",
        "The metadata field AIGC of GB 45438-2025",
        METADATA,
        examples=(
            "The field AIGC with label, producer and propagator",
            "The field AIGC in the container of an MP4",
        ),
        counter_examples=(
            "A title that contains the letters AIGC",
            "A C2PA manifest alone",
        ),
        severity=Severity(
            low="found; whether it is demanded is for a policy to say",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "generation.synthetic",
        "Made or changed by a generative model, as declared",
        METADATA,
        examples=(
            "A record that says that all of it was generated",
            "A manifest with the source type of a trained model",
        ),
        counter_examples=(
            "A photograph with a declared crop",
            "A file of which nobody has said anything",
        ),
        severity=Severity(
            low="declared; what follows from it is for a policy to say",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "provenance.manifest",
        "A C2PA manifest is there and intact",
        METADATA,
        examples=(
            "A manifest whose hashes and signature hold",
            "A sidecar manifest that fits the file",
        ),
        counter_examples=(
            "A file without a manifest",
            "A manifest that does not fit, which is named apart",
        ),
        severity=Severity(
            low="found; good news, which a policy may ask for",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "provenance.tampered",
        "A C2PA manifest does not fit the bytes it signs",
        METADATA,
        examples=(
            "A manifest after which the pictures were changed",
            "A signature that does not hold",
        ),
        counter_examples=(
            "A signer on no trust list, which is named apart",
            "A file without a manifest",
        ),
        severity=Severity(
            high="always, until explained",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "provenance.ingredient",
        "An ingredient's manifest does not validate",
        METADATA,
        examples=(
            "A parent whose own manifest does not hold",
            "An ingredient whose hash is not that of its data",
        ),
        counter_examples=(
            "An ingredient without a manifest of its own",
            "An ingredient that validates",
        ),
        severity=Severity(
            medium="an ingredient of little weight",
            high="the parent that the media was made from",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "provenance.untrusted",
        "A C2PA signer is on no trust list at hand",
        METADATA,
        examples=(
            "A manifest that is signed with a certificate of its maker's own",
            "A development certificate",
        ),
        counter_examples=(
            "A certificate that leads to an anchor at hand",
            "A file without a manifest",
        ),
        severity=Severity(
            low="a signer that one knows and has not listed",
            medium="a signer that nobody knows",
        ),
        crosswalk=NOWHERE,
    ),
    Category(
        "integrity.undecodable",
        "Media that could not be fully decoded",
        METADATA,
        examples=(
            "A file that ends in the middle of a frame",
            "A video track in a codec that the decoder lacks",
        ),
        counter_examples=(
            "A file whose every frame was decoded",
            "A format that is not supported and was refused",
        ),
        severity=Severity(
            medium="a few frames at the end",
            high="frames in the middle, or a whole track",
        ),
        crosswalk=NOWHERE,
    ),
)
