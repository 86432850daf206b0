"""Observations on disk come back as they were, and never need memory for all of them a second time."""

import io
from pathlib import Path

import numpy as np
import pyarrow.parquet

from compliance.banks.keys import MasterKey
from compliance.findings import Observation
from compliance.pipeline.observations import GROUP, from_bytes, to_bytes
from compliance.settings import Settings
from compliance.types import Region, Source, TimeSpan


def frames(count: int) -> list[Observation]:
    rng = np.random.default_rng(0)
    return [
        Observation(
            asset="asset",
            analyzer="local-features",
            kind="local_features",
            source=Source.FRAME,
            span=TimeSpan(start=number / 2, end=number / 2),
            region=Region.from_box(1, 2, 30, 40, 100, 100),
            data=rng.bytes(1000) if number % 2 else None,
            image=rng.bytes(500),
            vector=rng.normal(size=4).astype(np.float32),
            attributes={"stream": 0, "height": 720},
        )
        for number in range(count)
    ]


def test_all_observations_come_back_in_order_as_they_were(tmp_path: Path) -> None:
    sealer = MasterKey.load(Settings(home=tmp_path).keys, {}).sealer("observations")
    for count in (0, 1, GROUP, 2 * GROUP + 1):
        seen = frames(count)
        back = from_bytes(to_bytes(seen, sealer), sealer)
        assert [one.id for one in back] == [one.id for one in seen]
        assert [one.data for one in back] == [one.data for one in seen]
        assert [one.attributes for one in back] == [one.attributes for one in seen]


def test_a_few_observations_are_sealed_at_a_time(tmp_path: Path) -> None:
    content = to_bytes(
        frames(3 * GROUP), MasterKey.load(Settings(home=tmp_path).keys, {}).sealer("observations")
    )
    file = pyarrow.parquet.ParquetFile(io.BytesIO(content)).metadata
    assert [file.row_group(n).num_rows for n in range(file.num_row_groups)] == [GROUP] * 3
