from __future__ import annotations

from pathlib import Path

from runtime.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "env.example"


def test_the_example_names_every_variable_and_no_other():
    """What an operator copies is what the settings read."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0].lower() for line in lines if line and not line.startswith("#")}
    assert named == set(Settings.model_fields)


def test_the_examples_values_are_accepted(monkeypatch):
    """An unfilled copy of the example starts: empty variables count as not set."""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    assert Settings().slack_api_url == "https://slack.com/api/"
