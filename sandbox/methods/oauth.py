from __future__ import annotations

from sandbox import installing
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json


def access(call: Call) -> Json:
    """Give a token for the code of an installation, or a newer one for what renews it."""
    oauth = call.hub.state.app.get("oauth", {})
    if not oauth or call.text("client_id") != oauth["client_id"]:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != oauth["client_secret"]:
        raise SlackError("bad_client_secret")
    if call.text("grant_type") == "refresh_token":
        return _renew(call)
    asked = call.hub.codes.pop(call.text("code"), None)
    if asked is None:
        raise SlackError("invalid_code")
    if call.text("redirect_uri") != asked["redirect_uri"]:
        raise SlackError("bad_redirect_uri")
    return installing.give(call.hub, asked["where"]) | {"authed_user": {"id": asked["user"]}, "scope": asked["scope"]}


def _renew(call: Call) -> Json:
    for grant in call.hub.state.tokens.values():
        if grant["refresh"] and grant["refresh"] == call.text("refresh_token") and not grant["over"]:
            # The token itself lasts until its end.
            grant["refresh"] = ""
            return installing.give(call.hub, grant["where"])
    raise SlackError("invalid_refresh_token")


def revoke(call: Call) -> Json:
    """Make a token void; with the last one the app is uninstalled."""
    if call.grant:
        call.grant["over"] = "revoked"
        call.hub.state.tokens.touch(call.token)
        others = [each for each in call.hub.state.tokens.values() if each["where"] == call.grant["where"]]
        if all(each["over"] for each in others):
            installing.uninstall(call.hub, call.grant["where"])
    return {"revoked": True}


METHODS = {"auth.revoke": revoke, "oauth.v2.access": access}
