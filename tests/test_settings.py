from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import _EXAMPLES, Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.variables().values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_need_nothing() -> None:
    settings = read_settings()
    assert settings.database.name == "interview.db"
    assert settings.database.is_absolute()
    assert (settings.corpus, settings.encoder, settings.threads) == (None, None, 1)


def test_variables_go_before_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INTERVIEW_DATABASE=~/mine.db\nINTERVIEW_THREADS=2\nOTHER=1\n")
    monkeypatch.setenv("INTERVIEW_THREADS", "3")
    settings = read_settings()
    assert settings.database == Path.home() / "mine.db"
    assert settings.threads == 3


def test_how_to_log_may_be_said_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEW_LOG_FORMAT", "JSON")
    monkeypatch.setenv("INTERVIEW_LOG_LEVEL", "WARNING")
    assert (read_settings().log_format, read_settings().log_level) == ("json", "warning")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEW_CORPUS", "")
    assert read_settings().corpus is None


@pytest.mark.parametrize("value", ["many", "0", "65", "1.5"])
def test_a_wrong_value_names_the_variable_and_an_example(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("INTERVIEW_THREADS", value)
    with pytest.raises(SettingsError, match=r"^INTERVIEW_THREADS: .*; for example INTERVIEW_THREADS=1$"):
        read_settings()


_HOSTILE = [
    *("", " ", "0", "-1", "1e9", "9" * 400, "0x1f", "nan", "inf", "true", "null", "[]", "{}", "../..", "~"),
    *(
        "~nobody-of-that-name/x",
        "a" * 10_000,
        "a\0b",
        "\u0661",
        "🧟",
        "\udcff",
        "%s%n",
        "$(id)",
        "\n",
        "\x1b",
    ),
    *("http://", "https://a/v1", "ws://["),
]
_NAMES = sorted(Settings.variables().values())
_GIVEN = st.dictionaries(
    st.sampled_from(_NAMES), st.sampled_from(_HOSTILE) | st.text(max_size=30), max_size=6
)


@pytest.mark.parametrize("value", _HOSTILE)
def test_a_hostile_value_of_any_variable_is_read_or_the_variable_named(value: str) -> None:
    for name in _NAMES:
        Path(".env").write_text(f"{name}='{value}'\n", encoding="utf-8", errors="replace")
        _read_or_named({name: value})


@given(_GIVEN)
def test_any_environment_is_read_or_the_variable_named(given_values: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given_values.items():
            patch.setenv(name, value.encode("utf-8", "replace").decode().replace("\0", ""))
        _read_or_named(given_values)


@given(_GIVEN)
def test_any_env_file_is_read_or_the_variable_named(given_values: dict[str, str]) -> None:
    lines = "\n".join(f"{name}={value}" for name, value in given_values.items())
    Path(".env").write_text(lines, encoding="utf-8", errors="replace")
    _read_or_named(given_values)


def _read_or_named(given_values: Mapping[str, str]) -> None:
    try:
        settings = read_settings()
        settings.token()
    except SettingsError as error:
        said = str(error)
        assert said.split(":")[0] in {*Settings.variables().values(), ".env can't be read"}, said
        assert len(said) < 1_000
    else:
        assert settings.backup_folder
        assert "DISCORD_TOKEN" in " ".join(given_values)


def test_an_env_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"\.env can't be read"):
        read_settings()


def test_the_example_file_names_every_setting() -> None:
    example = (Path(__file__).parents[1] / ".env.example").read_text()
    named = {line.split("=")[0].strip("# ") for line in example.splitlines() if "=" in line}
    assert named == set(Settings.variables().values())


def test_every_setting_has_an_example() -> None:
    assert set(_EXAMPLES) == set(Settings.model_fields)


def test_the_token_is_read_from_its_variable_or_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"^DISCORD_TOKEN: is not set; "):
        read_settings().token()
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(SettingsError, match=r"^DISCORD_TOKEN_FILE: .* can't be read; "):
        read_settings().token()
    (tmp_path / "token").write_text(" \n")
    with pytest.raises(SettingsError, match=r"^DISCORD_TOKEN_FILE: .* is empty; "):
        read_settings().token()
    (tmp_path / "token").write_text("abc\n")
    assert read_settings().token() == "abc"
    monkeypatch.setenv("DISCORD_TOKEN", "def")
    assert read_settings().token() == "def"


def test_the_token_is_in_no_text_about_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token")
    assert "secret-token" not in repr(read_settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERVIEW_DISCORD_API", "discord.com"),
        ("INTERVIEW_DISCORD_GATEWAY", "http://localhost"),
        ("INTERVIEW_DISCORD_SHARDS", "0"),
        ("INTERVIEW_DISCORD_MESSAGE_CONTENT", "perhaps"),
        ("INTERVIEW_HEALTH_PORT", "-1"),
        ("INTERVIEW_HEALTH_PORT", "65536"),
        ("INTERVIEW_LOG_FORMAT", "xml"),
        ("INTERVIEW_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_of_the_bot_names_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}: .*; for example {name}=\S+$"):
        read_settings()
