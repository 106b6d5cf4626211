"""The sample portfolio: real offices and alliances, made-up people and work."""

from __future__ import annotations

from cli.sample.local_slack import BOT, DEFAULT_OFFICE, DEFAULT_USER, Channel, channels, welcome, workspace

__all__ = ["BOT", "DEFAULT_OFFICE", "DEFAULT_USER", "Channel", "channels", "welcome", "workspace"]
