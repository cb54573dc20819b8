from collections.abc import Iterator

import pytest

from bot.errors import Refusal
from bot.models import Personal
from tests.together import ANN, BOB, Together


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together()
    yield together
    together.services.close()


def test_settings_are_kept(us: Together) -> None:
    assert us.services.people.read(ANN) == Personal()
    us.services.people.change(ANN, time_factor=None, hidden=True)
    us.services.people.change(ANN, alias="  Quiet   Heron ", retention_days=7)
    assert us.services.people.read(ANN) == Personal(None, "Quiet Heron", True, 7)
    assert us.services.people.change(ANN, alias=None).alias is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time_factor": 3.0}, "1, 1.5, 2 or none"),
        ({"retention_days": 0}, "1 to 3650 days"),
        ({"alias": "@everyone"}, "for example Quiet Heron"),
        ({"alias": "x"}, "3 to 32"),
        ({"alias": "x" * 33}, "3 to 32"),
    ],
)
def test_wrong_settings_are_refused(us: Together, fields: dict[str, object], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        us.services.people.change(ANN, **fields)
    assert us.services.people.read(ANN) == Personal()


def test_an_alias_belongs_to_one_person(us: Together) -> None:
    us.services.people.change(ANN, alias="Quiet Heron")
    us.services.people.change(ANN, alias="quiet heron")
    with pytest.raises(Refusal, match="choose another alias"):
        us.services.people.change(BOB, alias="QUIET HERON")
