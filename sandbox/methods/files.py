from __future__ import annotations

from sandbox import channels, files, messages
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json

MOST_FILES = 20


def get_upload_url(call: Call) -> Json:
    """Promise a file and say where its bytes go."""
    call.need("filename", "length")
    try:
        length = int(call.text("length"))
    except ValueError as error:
        raise SlackError("invalid_arguments", ["[ERROR] must be an integer [json-pointer:/length]"]) from error
    if length < 1:
        raise SlackError("invalid_arguments", ["[ERROR] must be greater than 0 [json-pointer:/length]"])
    if length > files.MOST_BYTES:
        raise SlackError("file_upload_size_restricted")
    bot = call.hub.state.bot_user_id
    file = files.begin(call.hub, call.text("filename"), length, bot, call.text("alt_txt"))
    return {"upload_url": f"{call.hub.base_url}/upload/v1/{file['token']}", "file_id": file["id"]}


def complete_upload(call: Call) -> Json:
    """Finish uploads, and share the files where a channel is named."""
    call.need("files")
    given = call.document("files", "invalid_arguments")
    if not isinstance(given, list) or not given or len(given) > MOST_FILES:
        raise SlackError("invalid_arguments", ["[ERROR] must provide an array of files [json-pointer:/files]"])
    found = [(_uploaded(call, one), one) for one in given]
    place = call.text("channel_id") or call.text("channels")
    channel = _place(call, place) if place else None
    thread_ts = call.text("thread_ts") or None
    if channel is not None and thread_ts and call.hub.store.get(channel["id"], thread_ts) is None:
        raise SlackError("thread_not_found")
    for file, one in found:
        files.complete(call.hub, file, str(one.get("title") or ""))
        if channel is not None:
            files.share(call.hub, file, channel["id"])
    shown = [files.as_slack(call.hub, file) for file, _ in found]
    if channel is not None:
        said = {"files": shown, "upload": True, "thread_ts": thread_ts}
        bot = call.hub.state.bot_user_id
        messages.post(call.hub, channel["id"], user=bot, text=call.text("initial_comment"), **said)
    return {"files": shown}


def _uploaded(call: Call, one: object) -> Json:
    file = call.hub.state.files.get(str(one.get("id"))) if isinstance(one, dict) else None
    if file is None or file["state"] != "uploaded" or file["user"] != call.hub.state.bot_user_id:
        raise SlackError("file_not_found")
    return file


def _place(call: Call, reference: str) -> Json:
    channel = channels.find(call.hub, reference)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    if not channels.is_member(call.hub, channel, call.hub.state.bot_user_id):
        raise SlackError("not_in_channel")
    return channel


def info(call: Call) -> Json:
    """Return one file."""
    call.need("file")
    return {"file": files.as_slack(call.hub, files.find(call.hub, call.text("file")))}


METHODS = {
    "files.completeUploadExternal": complete_upload,
    "files.getUploadURLExternal": get_upload_url,
    "files.info": info,
}
