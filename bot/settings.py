"""Settings from `INTERVIEW_*` variables and a `.env` file, read when asked and never at import."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from questions.errors import InterviewError

_EXAMPLES = {
    "database": "INTERVIEW_DATABASE=/home/me/interview.db",
    "corpus": "INTERVIEW_CORPUS=/home/me/questions",
    "encoder": "INTERVIEW_ENCODER=sentence-transformers/all-mpnet-base-v2",
    "threads": "INTERVIEW_THREADS=1",
}


class SettingsError(InterviewError):
    """A setting is missing or wrong. The text names the variable and gives an example that works."""


class Settings(BaseSettings):
    """Where things are. Every field can be set as `INTERVIEW_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEW_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database: Path = Field(default_factory=lambda: _data_folder() / "interview.db")
    corpus: Path | None = None
    encoder: str | None = None
    threads: int = Field(default=1, ge=1, le=64)


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`; raises SettingsError naming the first wrong one."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        raise SettingsError(
            f"INTERVIEW_{name.upper()}: {first['msg'].lower()}; for example {_EXAMPLES.get(name, '')}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env can't be read ({error}); mend it or move it away") from error
    # "~" is the shell's business, but in a .env file no shell sees it.
    return settings.model_copy(
        update={
            "database": settings.database.expanduser(),
            "corpus": settings.corpus and settings.corpus.expanduser(),
        }
    )


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("interview-practice-bot", appauthor=False)
