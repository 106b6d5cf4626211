from __future__ import annotations

from sandbox import channels, users
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.methods.conversations import of_types
from sandbox.paging import page
from sandbox.state import Json


def listing(call: Call) -> Json:
    """List everybody, bots and deactivated users included."""
    now = call.hub.clock.now()
    everybody, more = page(call, [user for user in call.hub.state.users.values() if call.reaches(user["id"])], 1000)
    return {
        "members": [users.as_slack(call.hub, user, now) for user in everybody],
        "cache_ts": int(now.timestamp()),
        **more,
    }


def info(call: Call) -> Json:
    """Describe one user."""
    call.need("user")
    return {"user": users.as_slack(call.hub, _known(call, "user"), call.hub.clock.now())}


def _known(call: Call, name: str) -> Json:
    user = call.hub.state.users.get(call.text(name))
    if user is None:
        raise SlackError("user_not_found")
    return user


def lookup_by_email(call: Call) -> Json:
    """Find an active person by address."""
    call.need("email")
    wanted = call.text("email").strip().lower()
    for user in users.people(call.hub):
        if user.get("email", "").lower() == wanted:
            return {"user": users.as_slack(call.hub, user, call.hub.clock.now())}
    raise SlackError("users_not_found")


def conversations(call: Call) -> Json:
    """List the channels one user is in, by default the app's own."""
    hub = call.hub
    user = _known(call, "user")["id"] if call.text("user") else hub.state.bot_user_id
    found = [
        channel
        for channel in of_types(call)
        if channels.is_member(hub, channel, user) and channels.visible(hub, channel, hub.state.bot_user_id)
    ]
    shown, more = page(call, found)
    return {"channels": [channels.as_slack(hub, channel) for channel in shown], **more}


def dnd_info(call: Call) -> Json:
    """Say when a person wants quiet: by a schedule of notifications, as Slack shows an app no snooze but its own."""
    user = _known(call, "user") if call.text("user") else call.hub.state.users[call.hub.state.bot_user_id]
    quiet = users.quiet(call.hub, user) or {"begins": 1, "ends": 1}
    own = {"snooze_enabled": False} if user["id"] == call.hub.state.bot_user_id else {}
    return {
        "dnd_enabled": quiet["ends"] > 1,
        "next_dnd_start_ts": quiet["begins"],
        "next_dnd_end_ts": quiet["ends"],
        **own,
    }


METHODS = {
    "users.conversations": conversations,
    "users.info": info,
    "users.list": listing,
    "users.lookupByEmail": lookup_by_email,
    "dnd.info": dnd_info,
}
