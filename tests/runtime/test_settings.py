"""What the environment says, and what a person is told when it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.errors import SetupError
from runtime.settings import Settings, load_settings

NAMES = {
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_API_URL",
    "SLACK_POSTS_PER_MINUTE",
    "SLACK_NEWER_BLOCKS",
    "SLACK_WORKSPACES",
    "SLACK_TOKEN_KEYS",
    "BOT_URL",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLIANCE_DATA_DIR",
    "ALLIANCE_CLOCK_URL",
    "BOT_ADDRESS",
    "METRICS_ADDRESS",
    "CALENDAR_ADDRESS",
    "CALENDAR_URL",
    "DOCUMENTS_URL",
    "DOCUMENTS_MEGABYTES",
    "LOG_FORMAT",
    "LOG_LEVEL",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """Start from an environment without any of our variables."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_names_are_those_promised():
    """Every documented variable is read, and no other."""
    assert {name.upper() for name in Settings.model_fields} == NAMES


def test_defaults_need_no_environment(monkeypatch, tmp_path):
    """Without any variable the local set-up comes out."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.alliance_data_dir == tmp_path / "var"
    assert settings.database_url is None
    assert (settings.log_format, settings.log_level) == ("console", "INFO")


def test_empty_counts_as_not_set(monkeypatch):
    """A variable that an env file leaves empty has its default."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    monkeypatch.setenv("LOG_LEVEL", "")
    assert load_settings().slack_bot_token is None
    assert load_settings().log_level == "INFO"


def test_values_are_tidied(monkeypatch):
    """Letter case, a missing slash and the driver's name are no reason to refuse."""
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("SLACK_API_URL", "https://slack-gov.com/api")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db/alliance")
    settings = load_settings()
    assert settings.log_level == "DEBUG"
    assert settings.slack_api_url == "https://slack-gov.com/api/"
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://u:p@db/alliance"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1", "a bot token that begins with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "an app-level token that begins with xapp-"),
        ("SLACK_POSTS_PER_MINUTE", "0", "how many messages may be posted to the workspace in a minute, 1 or more"),
        ("METRICS_ADDRESS", "9464", "a host and a port such as 127.0.0.1:9464"),
        ("CALENDAR_URL", "example.gov", "a web address such as https://alliances.example.gov/"),
        ("SLACK_API_URL", "slack.com/api", "a web address such as https://slack.com/api/"),
        ("DATABASE_URL", "mysql://db/a", "an address such as postgresql://user:password@host/database"),
        ("REDIS_URL", "localhost", "an address such as redis://host:6379/0 or unix:///path/of/socket"),
        ("ALLIANCE_CLOCK_URL", "soon", "a web address that answers with the time"),
        ("SLACK_WORKSPACES", "osha", "ids of workspaces (T…) and organizations (E…), separated by commas"),
        ("BOT_URL", "http://alliances.example.gov/", "a web address such as https://alliances.example.gov/"),
        (
            "SLACK_TOKEN_KEYS",
            "secret",
            "keys of 32 bytes in URL-safe base64, separated by commas, the newest first",
        ),
        ("LOG_FORMAT", "xml", "console or json"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
    ],
)
def test_bad_value_gets_one_sentence(monkeypatch, name, value, expected):
    """The sentence names the variable and what is expected, and does not repeat the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError) as refusal:
        load_settings()
    assert str(refusal.value) == f"{name} cannot be used as it is set: expected {expected}."


def test_every_bad_value_is_named_at_once(monkeypatch):
    """Two mistakes need one attempt."""
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.setenv("REDIS_URL", "localhost")
    with pytest.raises(SetupError, match=r"REDIS_URL cannot .*\. LOG_FORMAT cannot .*\."):
        load_settings()


def test_settings_do_not_change():
    """What was read at the start holds until the end."""
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.log_level = "DEBUG"


def test_secrets_are_not_shown():
    """Printing the settings gives nothing away, and the log's redaction knows every secret."""
    settings = Settings(
        slack_bot_token="xoxb-1-secret",
        slack_signing_secret="0123456789abcdef",
        slack_client_secret="fedcba",
        slack_token_keys=f"{'a' * 43}=, {'b' * 43}=",
        database_url="postgresql://u:hunter2@db/a",
        alliance_data_dir=Path("var"),
    )
    assert "secret" not in repr(settings).replace("_secret", "")
    assert "hunter2" not in repr(settings)
    assert set(settings.secrets()) == {
        "xoxb-1-secret",
        "0123456789abcdef",
        "fedcba",
        f"{'a' * 43}=",
        f"{'b' * 43}=",
        "postgresql+psycopg://u:hunter2@db/a",
    }


@pytest.mark.parametrize(
    ("given", "address", "expected"),
    [
        ("", "https://slack.com/api/", True),
        ("", "https://slack-gov.com/api/", False),
        ("yes", "https://slack-gov.com/api/", True),
        ("no", "https://slack.com/api/", False),
    ],
)
def test_newer_blocks_are_on_but_for_govslack(monkeypatch, given, address, expected):
    """The variable says it, or else the address does."""
    monkeypatch.setenv("SLACK_NEWER_BLOCKS", given)
    monkeypatch.setenv("SLACK_API_URL", address)
    assert load_settings().newer_blocks is expected
