"""What the app asks of Slack, and the permission for each: the only place where a scope is named."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Where Slack says which scope a method needs.
PAGES = "https://docs.slack.dev/reference/methods/"

#: The scopes that each method of Slack's client needs of a bot, by the client's name for the method. Offices may keep
#: their channel private, and people are told directly: what is looked up is looked up in all three places.
METHODS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "auth_revoke": (),
        "auth_test": (),
        "chat_getPermalink": (),
        "chat_postEphemeral": ("chat:write",),
        "chat_postMessage": ("chat:write",),
        "chat_unfurl": ("links:write",),
        "chat_update": ("chat:write",),
        # A post whose arrival is uncertain is looked for where it should stand.
        "conversations_history": ("channels:history", "groups:history", "im:history"),
        "conversations_info": ("channels:read", "groups:read"),
        "conversations_join": ("channels:join",),
        "conversations_list": ("channels:read", "groups:read"),
        "conversations_open": ("im:write",),
        "conversations_replies": ("channels:history", "groups:history", "im:history"),
        # Whether a person wants no disturbance.
        "dnd_info": ("dnd:read",),
        "files_info": ("files:read",),
        "files_upload_v2": ("files:write",),
        # The time zone in which a person chooses the hour of a digest; whether a person is still there.
        "users_info": ("users:read",),
        "views_open": (),
        "views_publish": (),
        "views_push": (),
        "views_update": (),
    }
)

#: The same for what Slack sends to the app: https://docs.slack.dev/reference/events/
EVENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "app_home_opened": (),
        # A step of ours in somebody's workflow.
        "function_executed": (),
        "link_shared": ("links:read",),
        # Files that are dropped into the thread of a reminder, wherever one may stand; all else is left unread.
        "message.channels": ("channels:history",),
        "message.groups": ("groups:history",),
        "message.im": ("im:history",),
    }
)

#: What it is told besides where several workspaces install the app.
INSTALL_EVENTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"app_uninstalled": (), "tokens_revoked": ()})

#: For slash commands and shortcuts: https://docs.slack.dev/reference/scopes/commands
COMMANDS = "commands"

#: Of the app-level token, for Socket Mode: https://docs.slack.dev/reference/scopes/connections.write
APP_LEVEL = "connections:write"

#: Methods of the client that are several of Slack's, and the page of the one that decides.
_PAGE_OF = {"files_upload_v2": "files.completeUploadExternal"}


def bot_scopes() -> list[str]:
    """Return every scope that the bot's token needs, in alphabetical order."""
    needed = {scope for scopes in (*METHODS.values(), *EVENTS.values()) for scope in scopes}
    return sorted({COMMANDS, *needed})


def page_of(method: str) -> str:
    """Return the address of the page on which Slack says what a method of its client needs."""
    return PAGES + _PAGE_OF.get(method, method.replace("_", "."))
