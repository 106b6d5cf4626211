"""The environment variables, read once, checked, and never changed afterwards."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from runtime.errors import SetupError


def _begins_with(*prefixes: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefixes):
            raise ValueError
        return value

    return AfterValidator(check)


def _words(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _all_match(pattern: str) -> AfterValidator:
    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        for value in values:
            if not re.fullmatch(pattern, value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise ValueError
        return values

    return AfterValidator(check)


def _not_blank(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise ValueError
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return value


def _public_address(value: str) -> str:
    parts = urlsplit(value)
    # A browser keeps the cookie of an installation from any other address, but for those of its own machine.
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError
    return value


def _ending_in_slash(value: str) -> str:
    return value if value.endswith("/") else value + "/"


def _postgres_address(value: SecretStr) -> SecretStr:
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError
    return SecretStr(f"postgresql+psycopg://{rest}")


def _redis_address(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError
    return value


def _store_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"file", "s3"} or not (parts.path if parts.scheme == "file" else parts.netloc):
        raise ValueError
    return value


def _host_and_port(value: str) -> str:
    parts = urlsplit(f"//{value}")
    if not parts.hostname or parts.port is None:
        raise ValueError
    return value


def _absolute(value: Path) -> Path:
    return value.expanduser().absolute()


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """One field for each environment variable; an empty variable counts as not set."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    slack_bot_token: Annotated[SecretStr, _begins_with("xoxb-", "xoxe.xoxb-")] | None = Field(
        None, description="a bot token that begins with xoxb-"
    )
    slack_app_token: Annotated[SecretStr, _begins_with("xapp-")] | None = Field(
        None, description="an app-level token that begins with xapp-"
    )
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_not_blank)] | None = Field(
        None, description="the app's signing secret"
    )
    slack_api_url: Annotated[str, AfterValidator(_web_address), AfterValidator(_ending_in_slash)] = Field(
        "https://slack.com/api/", description="a web address such as https://slack.com/api/"
    )
    # "Several hundred" says https://docs.slack.dev/reference/methods/chat.postMessage, and no number.
    slack_posts_per_minute: Annotated[int, Field(ge=1)] = Field(
        300, description="how many messages may be posted to the workspace in a minute, 1 or more"
    )
    # None: on, but for GovSlack, where they come later.
    slack_newer_blocks: bool | None = Field(None, description="yes or no")
    # For several workspaces: which may install the app; () is the one workspace of SLACK_BOT_TOKEN.
    slack_workspaces: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words), _all_match("[TE][A-Z0-9]+")] = (
        Field((), description="ids of workspaces (T…) and organizations (E…), separated by commas")
    )
    slack_client_id: str | None = Field(None, description="the app's client id")
    slack_client_secret: SecretStr | None = Field(None, description="the app's client secret")
    slack_token_keys: Annotated[
        tuple[SecretStr, ...], NoDecode, BeforeValidator(_words), _all_match("[A-Za-z0-9_-]{43}=")
    ] = Field((), description="keys of 32 bytes in URL-safe base64, separated by commas, the newest first")
    bot_url: (
        Annotated[str, AfterValidator(_web_address), AfterValidator(_public_address), AfterValidator(_ending_in_slash)]
        | None
    ) = Field(None, description="a web address such as https://alliances.example.gov/")
    database_url: Annotated[SecretStr, AfterValidator(_postgres_address)] | None = Field(
        None, description="an address such as postgresql://user:password@host/database"
    )
    redis_url: Annotated[SecretStr, AfterValidator(_redis_address)] | None = Field(
        None, description="an address such as redis://host:6379/0 or unix:///path/of/socket"
    )
    alliance_data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        Path("var"), validate_default=True, description="the path of a folder"
    )
    # None: a folder in ALLIANCE_DATA_DIR.
    documents_url: Annotated[str, AfterValidator(_store_address)] | None = Field(
        None, description="a folder such as file:///srv/documents or a bucket such as s3://bucket/folder"
    )
    documents_megabytes: Annotated[int, Field(ge=1, le=1000)] = Field(
        25, description="how many megabytes a document may have, 1 to 1000"
    )
    alliance_clock_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="a web address that answers with the time"
    )
    bot_address: Annotated[str, AfterValidator(_host_and_port)] = Field(
        "127.0.0.1:8470", description="a host and a port such as 127.0.0.1:8470"
    )
    metrics_address: Annotated[str, AfterValidator(_host_and_port)] | None = Field(
        None, description="a host and a port such as 127.0.0.1:9464"
    )
    # None: calendars are not served.
    calendar_address: Annotated[str, AfterValidator(_host_and_port)] | None = Field(
        None, description="a host and a port such as 127.0.0.1:8480"
    )
    # None: CALENDAR_ADDRESS itself.
    calendar_url: Annotated[str, AfterValidator(_web_address), AfterValidator(_ending_in_slash)] | None = Field(
        None, description="a web address such as https://alliances.example.gov/"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
        "console", description="console or json"
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = Field(
        "INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL"
    )

    @property
    def calendars(self) -> str | None:
        """The web address, ending in a slash, under which calendars are fetched; None where they are not served."""
        if self.calendar_address is None:
            return None
        return self.calendar_url or f"http://{self.calendar_address}/"

    @property
    def has_workspace(self) -> bool:
        """Whether there is a Slack to talk to other than the local one: one workspace, or several."""
        return self.slack_bot_token is not None or bool(self.slack_workspaces)

    @property
    def newer_blocks(self) -> bool:
        """Whether messages may hold blocks that came in 2026, such as charts."""
        if self.slack_newer_blocks is not None:
            return self.slack_newer_blocks
        return not (urlsplit(self.slack_api_url).hostname or "").endswith("slack-gov.com")

    def secrets(self) -> tuple[str, ...]:
        """Every secret value that is set, for the log's redaction."""
        fields = (getattr(self, name) for name in type(self).model_fields)
        values = (each for value in fields for each in (value if isinstance(value, tuple) else (value,)))
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SetupError: a variable has a value that cannot be used; its sentence names the variable and what is
            expected, and repeats the value only when it is no secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        raise SetupError(" ".join(_sentence(name) for name in names)) from None


def _sentence(name: str) -> str:
    return f"{name.upper()} cannot be used as it is set: expected {Settings.model_fields[name].description}."
