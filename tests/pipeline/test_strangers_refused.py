"""Several photos of one entry show one person, however many of a stranger come together."""

import numpy as np
import pytest

from compliance.banks.people import Template
from compliance.errors import BankError
from compliance.pipeline.comparing import Comparer
from compliance.pipeline.look_alikes import refuse_strangers
from compliance.settings import Settings

RNG = np.random.default_rng(3)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


def photos(settings: Settings, person: int, count: int) -> list[Template]:
    """Templates a distance of 0.3 apart; of two people about 0.95."""
    comparer = Comparer(settings)
    (model,) = [
        one for one in comparer.calibrated if comparer.score_of_distance(one, 0.5)[1] == "distance"
    ]
    centre = np.random.default_rng(person).normal(size=128)
    made = []
    for number in range(count):
        step = RNG.normal(size=128)
        vector = 0.67 * centre / np.linalg.norm(centre) + 0.2 * step / np.linalg.norm(step)
        made.append(Template(vector.astype(np.float32), model, f"{100 * person + number:064x}"))
    return made


def test_two_of_a_stranger_are_refused_as_one_is(settings: Settings) -> None:
    own, strange = photos(settings, 1, 3), photos(settings, 2, 2)
    for new, known in (
        (own + strange, []),
        (strange, own),
        (own[:1] + strange, own[1:]),
        (own + strange[:1], []),
    ):
        with pytest.raises(BankError, match="not one person's"):
            refuse_strangers(new, known, settings, "Ann")


def test_photos_of_one_person_hang_together(settings: Settings) -> None:
    own = photos(settings, 1, 4)
    refuse_strangers(own, [], settings, "Ann")
    refuse_strangers(own[:2], own[2:], settings, "Ann")
    refuse_strangers(own[:1], [], settings, "Ann")
