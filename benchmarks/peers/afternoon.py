"""What a competent user scripts in an afternoon with the same detectors.

An OpenCV read loop, every detector on four frames a second, default threads, one frame at a time. Prints
the rules that hit as JSON, by the same thresholds as policies/starter.yaml.

    python -m benchmarks.peers.afternoon CLIP PORTRAIT NAME PROMPT_FILE FRAMES_PER_SECOND
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import importlib.util

import c2pa
import cv2
import dlib
import numpy as np
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    PhoneRecognizer,
)
from rapidocr import RapidOCR

REJECT_BELOW = 0.53
"""Distance of faces that our calibration gives the score 0.9."""
ENTITIES = {
    "CREDIT_CARD": "pii.payment_card",
    "PHONE_NUMBER": "pii.phone",
    "EMAIL_ADDRESS": "pii.email",
    "IBAN_CODE": "pii.bank_account",
}
LOOK_ALIKES = str.maketrans({"\u0415": "e", "\u0435": "e", "\u043e": "o", "\u0430": "a"})


class Faces:
    """dlib as the face_recognition package drives it: one doubling, one face at a time."""

    def __init__(self, portrait: Path) -> None:
        spec = importlib.util.find_spec("face_recognition_models")
        folder = Path(spec.origin).parent / "models"
        self.detector = dlib.get_frontal_face_detector()
        self.landmarks = dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self.network = dlib.face_recognition_model_v1(
            str(folder / "dlib_face_recognition_resnet_model_v1.dat")
        )
        self.known = self.encode(cv2.cvtColor(cv2.imread(str(portrait)), cv2.COLOR_BGR2RGB))[0]

    def encode(self, frame: np.ndarray) -> list[np.ndarray]:
        shapes = [self.landmarks(frame, box) for box in self.detector(frame, 1)]
        return [np.array(self.network.compute_face_descriptor(frame, shape)) for shape in shapes]


def engine() -> AnalyzerEngine:
    configuration = {
        "nlp_engine_name": "no_op",
        "models": [{"lang_code": "en", "model_name": "no_op"}],
    }
    registry = RecognizerRegistry(supported_languages=["en"])
    for recognizer in (CreditCardRecognizer, EmailRecognizer, IbanRecognizer, PhoneRecognizer):
        registry.add_recognizer(recognizer())
    provider = NlpEngineProvider(nlp_configuration=configuration)
    return AnalyzerEngine(
        registry=registry, nlp_engine=provider.create_engine(), supported_languages=["en"]
    )


def plain(text: str) -> str:
    kept = "".join(char for char in unicodedata.normalize("NFKC", text) if char != "\u200b")
    return kept.translate(LOOK_ALIKES).casefold()


def main(clip: str, portrait: str, name: str, prompt: str, rate: str) -> None:
    faces, ocr, pii = (
        Faces(Path(portrait)),
        RapidOCR(params={"Global.log_level": "error"}),
        engine(),
    )
    hits: set[str] = set()
    text = Path(prompt).read_text("utf-8")
    if plain(name) in plain(text):
        hits.add("name")
    texts = [text]
    capture = cv2.VideoCapture(clip)
    frames_per_second = capture.get(cv2.CAP_PROP_FPS)
    number = examined = 0
    while True:
        more, frame = capture.read()
        if not more:
            break
        if number / frames_per_second * float(rate) >= examined:
            examined += 1
            colour = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            for vector in faces.encode(colour):
                if np.linalg.norm(vector - faces.known) < REJECT_BELOW:
                    hits.add("face")
            found = ocr(frame)
            texts += list(found.txts or ())
        number += 1
    for line in texts:
        for result in pii.analyze(line, language="en", entities=list(ENTITIES)):
            if result.score >= 0.4:
                hits.add(ENTITIES[result.entity_type])
    try:
        c2pa.Reader(clip).close()
        hits.add("manifest")
    except c2pa.C2paError:
        pass
    print(json.dumps({"hits": sorted(hits), "frames": number, "examined": examined}))


if __name__ == "__main__":
    main(*sys.argv[1:])
