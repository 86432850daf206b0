"""What a killed review left under temporary names is the person's as well."""

from pathlib import Path

import numpy as np

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.findings import Observation
from compliance.pipeline.erase import erase_person
from compliance.pipeline.observations import ObservationCache, to_bytes
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Source


def test_unfinished_run_folders_and_cache_files_are_cleaned_too(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    keys = MasterKey.load(settings.keys, {})
    engine = open_database(settings.database_url)
    people = PeopleBank(engine, keys)
    sealer = keys.sealer("observations")
    vector = np.random.default_rng(1).standard_normal(128).astype(np.float32)
    ann = people.enrol("crew", "Ann", [Template(vector, "1" * 64, "a" * 64)])
    seen = to_bytes([Observation("asset", "faces", "face", Source.FRAME, vector=vector)], sealer)
    for name in (".run-killed", "20260101T000000-aaaaaaaaaa"):  # the second lost its verdict
        (settings.runs / name / "evidence").mkdir(parents=True)
        (settings.runs / name / "observations.parquet").write_bytes(seen)
        (settings.runs / name / "evidence" / "x.jpg.sealed").write_bytes(sealer.seal(b"", b"x"))
    half = settings.observations / "aa" / ".writing-half"
    half.parent.mkdir(parents=True)
    half.write_bytes(sealer.seal(seen, b"observations " + b"aa" * 32))
    done = erase_person(people, ann, settings, keys)
    left = [
        file
        for file in (*settings.runs.rglob("*"), *settings.observations.rglob("*"))
        if file.is_file()
    ]
    assert left == []
    assert (done.cached, done.crops, len(set(done.runs))) == (1, 2, 2)
    engine.dispose()


def test_stored_frames_go_whoever_is_in_them(tmp_path: Path) -> None:
    """Whole frames are kept to compare with marks and works; nobody looked for people in those of every run."""
    settings = Settings(home=tmp_path / "home")
    keys = MasterKey.load(settings.keys, {})
    engine = open_database(settings.database_url)
    people = PeopleBank(engine, keys)
    sealer = keys.sealer("observations")
    vector = np.random.default_rng(1).standard_normal(128).astype(np.float32)
    ann = people.enrol("crew", "Ann", [Template(vector, "1" * 64, "a" * 64)])
    cache = ObservationCache(settings.observations, sealer)
    frame = Observation(
        "a", "local-features", "local_features", Source.FRAME, data=b"x", image=b"y"
    )
    plain = Observation("a", "frame-hashes", "frame_hash", Source.FRAME, data=b"x")
    cache.save("aa" * 32, [frame])
    cache.save("bb" * 32, [plain])
    assert erase_person(people, ann, settings, keys).cached == 1
    assert cache.load("aa" * 32) is None and cache.load("bb" * 32) is not None
    engine.dispose()
