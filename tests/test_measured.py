"""What was measured of the models, for people to read."""

import json

from grader.measured import FILE, measured


def test_every_measurement_can_be_read() -> None:
    names = json.loads(FILE.read_text(encoding="utf-8"))
    assert names
    for name in names:
        found = measured(name)
        assert found is not None
        assert found.answers > found.questions > 0
        assert -1 <= found.pearson <= 1
        assert -1 <= found.kappa <= 1
        assert 0 <= found.mae <= 100


def test_of_other_models_nothing_is_claimed() -> None:
    assert measured("some/other-model") is None
