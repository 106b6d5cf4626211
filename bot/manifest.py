"""What Slack is told of the app: made from what is registered, for Slack's manifest and for the local Slack."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from bot.commands import described
from bot.scopes import EVENTS, INSTALL_EVENTS, bot_scopes
from bot.shortcuts import described_shortcuts
from bot.steps import described_steps
from bot.unfurl import domains_of, public_domains

NAME = "Alliance Bot"
DESCRIPTION = "Record what OSHA's alliances do, see what is due and why, and be reminded in time."
LONG_DESCRIPTION = (
    "Alliance Bot keeps the records that the directive on the OSHA Alliance Program asks for: agreements, meetings, "
    "work plans, activities, annual reports, evaluations, renewals. It works out what is due from them, reminds the "
    "office that owes it in its channel, and explains each date by its clause. Begin with /alliance, or open the "
    "app's Home tab."
)

#: Where requests come in, below the app's web address.
REQUESTS = "slack/events"
#: With several workspaces: where one begins to install the app, and where Slack sends its people back.
INSTALL, REDIRECT = "slack/install", "slack/oauth_redirect"


def registered(calendars: str | None = None, *, several: bool = False) -> dict[str, Any]:
    """Return the commands with their words, the shortcuts, the steps, the events that it hears, and its own domains.

    `calendars`: the web address under which calendars are served. `several`: for several workspaces.
    """
    events = [*EVENTS, *(INSTALL_EVENTS if several else ())]
    told = {"commands": described(), "shortcuts": described_shortcuts(), "events": events}
    return told | {"functions": described_steps(), "unfurl_domains": domains_of(calendars)}


def manifest(
    address: str | None = None, calendars: str | None = None, *, installs: str | None = None
) -> dict[str, Any]:
    """Return the app's manifest (https://docs.slack.dev/reference/app-manifest).

    `address`: the app's web address, ending in a slash, for HTTP; None: Socket Mode. `calendars`: the web address
    under which calendars are served. `installs`: for several workspaces, the web address of the pages on which they
    install the app.
    """
    app = registered(several=installs is not None)
    redirect = {} if installs is None else {"redirect_urls": [urljoin(installs, REDIRECT)]}
    # Where Slack sends all that happens: commands, buttons and forms, what is typed into searched fields, events.
    url = {} if address is None else {"url": urljoin(address, REQUESTS)}
    request = {f"request_{key}": value for key, value in url.items()}
    options = {f"message_menu_options_{key}": value for key, value in url.items()}
    hints = ("command", "description", "usage_hint")
    commands = [
        {key: each[key] for key in hints if each[key]} | url | {"should_escape": False} for each in app["commands"]
    ]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": "app_home_opened" in app["events"],
                # What the bot tells a person stands there, and /alliance can be typed there.
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": app["shortcuts"],
            "slash_commands": commands,
            # Links to them get a card of ours.
            **({"unfurl_domains": domains} if (domains := public_domains(calendars)) else {}),
        },
        # Steps for people's own workflows.
        "functions": app["functions"],
        "oauth_config": redirect | {"scopes": {"bot": bot_scopes()}},
        "settings": {
            "event_subscriptions": request | {"bot_events": app["events"]},
            "interactivity": {"is_enabled": True, **request, **options},
            # Slack takes an app with steps only where it may be installed for a whole organization, too.
            "org_deploy_enabled": True,
            "function_runtime": "remote",
            "socket_mode_enabled": address is None,
            # The one token of SLACK_BOT_TOKEN is set by hand, so it may not end.
            "token_rotation_enabled": installs is not None,
        },
    }
