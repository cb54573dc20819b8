from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import corpora
from bot.corpora import MAX_CORPORA
from bot.errors import Refusal
from tests.together import ANN, GARDENS, SERVER, Together


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Together]:
    together = Together(tmp_path / "i.db")
    yield together
    together.services.close()


def test_a_server_has_its_own_questions_beside_the_bundled_ones(us: Together) -> None:
    corpus = us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    assert (corpus.name, corpus.questions, corpus.licence, corpus.added_by) == (
        "gardens.md",
        1,
        "CC0-1.0",
        ANN,
    )
    us.restart()
    bank = us.services.bank(SERVER)
    (own,) = set(bank) - set(us.bank)
    assert own.startswith("77/")
    assert bank[own].topic == "gardens"
    assert bank[own].id == own
    linked = {point.section for point in bank[own].key_points} - {None}
    assert linked
    assert linked <= set(bank.sections)
    assert list(us.services.bank("discord:78")) == list(us.bank)
    attempt = us.practise(ANN, own, "Compost feeds the worms that loosen the soil")
    assert attempt.grade.score > 0


def test_the_same_name_takes_the_place_of_the_old_file(us: Together) -> None:
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS.replace(b"title:", b"topic: parks\ntitle:"))
    assert len(us.services.corpora.list(SERVER)) == 1
    assert "parks" in us.services.bank(SERVER).topics
    us.services.corpora.remove(SERVER, "gardens.md")
    assert list(us.services.bank(SERVER)) == list(us.bank)
    with pytest.raises(Refusal, match="/bank list"):
        us.services.corpora.remove(SERVER, "gardens.md")


def test_the_doctor_reports_under_the_files_own_name(us: Together) -> None:
    report = us.services.corpora.check("gardens.md", GARDENS)
    assert report.ok
    assert [file.path for file in report.files] == ["gardens.md"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../gardens.md", GARDENS, "for example our-questions.md"),
        ("gardens.exe", GARDENS, "end in .md"),
        ("gardens.md", b"x" * 1_000_001, "split it by topic"),
        ("gardens.md", b"no question here", "has errors"),
        ("gardens.md", b"\xff\x00\xfe", "has errors"),
    ],
)
def test_bad_files_are_refused(us: Together, name: str, content: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        us.services.corpora.add(SERVER, ANN, name, content)
    assert us.services.corpora.list(SERVER) == []


def test_a_server_keeps_so_many_files(us: Together) -> None:
    for number in range(MAX_CORPORA):
        us.services.store.add_person(ANN, us.clock())
        us.services.guilds.joined(SERVER)
        us.services.store.guilds.save_corpus(SERVER, f"{number}.md", GARDENS, ANN, us.clock())
    with pytest.raises(Refusal, match="remove one first"):
        us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)


def test_a_servers_files_are_bounded_in_size_and_questions(
    us: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    monkeypatch.setattr(corpora, "MAX_BYTES_IN_ALL", 2 * len(GARDENS) - 1)
    with pytest.raises(Refusal, match="MB in all; remove one first"):
        us.services.corpora.add(SERVER, ANN, "more.md", GARDENS)
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)  # in its own place
    monkeypatch.undo()
    monkeypatch.setattr(corpora, "MAX_QUESTIONS", 1)
    with pytest.raises(Refusal, match=r"at most 1 questions of its own; more\.md has 1, remove some first"):
        us.services.corpora.add(SERVER, ANN, "more.md", GARDENS)
    assert [each.name for each in us.services.corpora.list(SERVER)] == ["gardens.md"]


def test_banks_of_servers_not_seen_for_long_are_read_again(
    us: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "MAX_IN_MEMORY", 2)
    servers = [f"discord:{number}" for number in range(100, 104)]
    for server in servers:
        us.services.corpora.add(server, ANN, "gardens.md", GARDENS)
    first = us.services.bank(servers[0])
    assert us.services.bank(servers[0]) is first
    for server in servers:
        us.services.bank(server)
    again = us.services.bank(servers[0])
    assert again is not first
    assert list(again) == list(first)


def test_files_stay_when_who_added_them_is_forgotten(us: Together) -> None:
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    us.services.privacy.forget(ANN)
    assert [corpus.added_by for corpus in us.services.corpora.list(SERVER)] == [None]
