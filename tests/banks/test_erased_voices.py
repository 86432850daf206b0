"""Voices, whose vectors have no score by themselves, are found by how alike they are."""

from pathlib import Path

import numpy as np

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.findings import Observation
from compliance.pipeline.erase import erase_person
from compliance.pipeline.observations import ObservationCache
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Source


def test_stored_voices_of_an_erased_person_go_and_others_stay(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    keys = MasterKey.load(settings.keys, {})
    engine = open_database(settings.database_url)
    people = PeopleBank(engine, keys)
    cache = ObservationCache(settings.observations, keys.sealer("observations"))
    rng = np.random.default_rng(1)
    own, other = rng.standard_normal((2, 256)).astype(np.float32)
    ann = people.enrol("crew", "Ann", [Template(own, "2" * 64, "a" * 64, modality="voice")])
    for key, vector in (("aa" * 32, own + 0.3 * other), ("bb" * 32, other)):
        heard = Observation("asset", "voices", "voice", Source.AUDIO, vector=vector)
        cache.save(key, [heard])
    done = erase_person(people, ann, settings, keys)
    assert (done.templates, done.cached) == (1, 1)
    assert cache.load("aa" * 32) is None
    assert cache.load("bb" * 32) is not None
    assert people.list() == []
    engine.dispose()
