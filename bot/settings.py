"""Settings from `INTERVIEW_*` variables and a `.env` file, read when asked and never at import."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.healthcheck import HOST, PORT
from bot.logs import Format, Level
from questions.errors import InterviewError

MAX_LENGTH = 4_096  # characters of a value; no path may be longer

_EXAMPLES = {
    "database": "INTERVIEW_DATABASE=/home/me/interview.db",
    "corpus": "INTERVIEW_CORPUS=/home/me/questions",
    "corpora": "INTERVIEW_CORPORA=/home/me/corpora",
    "encoder": "INTERVIEW_ENCODER=sentence-transformers/all-mpnet-base-v2",
    "grader": "INTERVIEW_GRADER=small",
    "threads": "INTERVIEW_THREADS=1",
    "backups": "INTERVIEW_BACKUPS=/mnt/backups",
    "backup_hours": "INTERVIEW_BACKUP_HOURS=24",
    "backup_keep": "INTERVIEW_BACKUP_KEEP=7",
    "keep_answers_days": "INTERVIEW_KEEP_ANSWERS_DAYS=365",
    "discord_token": "DISCORD_TOKEN=MTA1...",
    "discord_token_file": "DISCORD_TOKEN_FILE=/run/secrets/discord_token",
    "discord_api": "INTERVIEW_DISCORD_API=http://localhost:3000/api/v10",
    "discord_gateway": "INTERVIEW_DISCORD_GATEWAY=ws://localhost:3000",
    "discord_message_content": "INTERVIEW_DISCORD_MESSAGE_CONTENT=true",
    "discord_shards": "INTERVIEW_DISCORD_SHARDS=2",
    "health_host": "INTERVIEW_HEALTH_HOST=0.0.0.0",
    "health_port": "INTERVIEW_HEALTH_PORT=9180",
    "log_format": "INTERVIEW_LOG_FORMAT=json",
    "log_level": "INTERVIEW_LOG_LEVEL=debug",
}


class SettingsError(InterviewError):
    """A setting is missing or wrong. The text names the variable and gives an example that works."""


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Where things are. Every field can be set as `INTERVIEW_` and its name in capitals.

    The token is `DISCORD_TOKEN`, or the content of the file that `DISCORD_TOKEN_FILE` names.
    """

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEW_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database: Path = Field(default_factory=lambda: _data_folder() / "interview.db")
    corpus: Path | None = None
    corpora: Path = Field(default_factory=lambda: _data_folder() / "corpora")
    encoder: str | None = None
    grader: Literal["trained", "small"] = "trained"
    threads: int = Field(default=1, ge=1, le=64)
    backups: Path | None = None
    backup_hours: int = Field(default=24, ge=0, le=8760)
    backup_keep: int = Field(default=7, ge=1, le=1000)
    keep_answers_days: int | None = Field(default=None, ge=1, le=36500)
    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    discord_token_file: Path | None = Field(default=None, validation_alias="DISCORD_TOKEN_FILE")
    discord_api: str | None = Field(default=None, pattern=r"^https?://[^/\s]+/\S*v\d+/?$")
    discord_gateway: str | None = Field(default=None, pattern=r"^wss?://[^/\s]+\S*$")
    discord_message_content: bool = False
    discord_shards: int | None = Field(default=None, ge=1)
    health_host: str = HOST
    health_port: int = Field(default=PORT, ge=0, le=65_535)
    log_format: Annotated[Format, BeforeValidator(_lower)] = "auto"
    log_level: Annotated[Level, BeforeValidator(_lower)] = "info"

    @field_validator("*", mode="before")
    @classmethod
    def _bounded(cls, value: Any) -> Any:
        if isinstance(value, str) and ("\0" in value or len(value) > MAX_LENGTH):
            raise ValueError(f"must be a text of at most {MAX_LENGTH:,} characters")
        return value

    @field_validator("database", "corpus", "corpora", "backups", "discord_token_file")
    @classmethod
    def _at_home(cls, path: Path | None) -> Path | None:
        # "~" is the shell's business, but in a .env file no shell sees it.
        try:
            return path and path.expanduser()
        except RuntimeError as error:
            raise ValueError("names the home of a user that isn't known here") from error

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Map each field to its environment variable."""
        return {
            name: str(field.validation_alias or f"INTERVIEW_{name.upper()}")
            for name, field in cls.model_fields.items()
        }

    @property
    def backup_folder(self) -> Path:
        """Where backups go: beside the database unless set otherwise."""
        return self.backups or self.database.parent / "backups"

    def token(self) -> str:
        """Return the bot's token; raises SettingsError where there is none or its file can't be read."""
        if self.discord_token is not None:
            return self.discord_token.get_secret_value().strip()
        if self.discord_token_file is None:
            raise SettingsError(
                "DISCORD_TOKEN: is not set; make a bot at https://discord.com/developers/applications, copy"
                " its token from the page 'Bot' and set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to its file"
            )
        try:
            text = self.discord_token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"DISCORD_TOKEN_FILE: {self.discord_token_file} can't be read; give the path of a text file"
                " that holds the token and nothing else"
            ) from error
        if not text:
            raise SettingsError(
                f"DISCORD_TOKEN_FILE: {self.discord_token_file} is empty; put the token into it"
            )
        return text


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`; raises SettingsError naming the first wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        # Of a field with a name of its own, that name is told.
        name = str(first["loc"][0]).lower()
        raise SettingsError(
            f"{Settings.variables()[name]}: {first['msg'].lower()}; for example {_EXAMPLES[name]}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env can't be read ({error}); mend it or move it away") from error


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("interview-practice-bot", appauthor=False)
