"""However much is open before a step, each thing that is missing can be read."""

from __future__ import annotations

import json

from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlalchemy.orm import Session, sessionmaker

from bot.app import build_app
from models.alliances import Signatory
from tests.bot.slack import words
from tests.operations.conftest import NOW


def test_what_is_open_is_read_in_full_from_the_third_window_too(ada, slack, ids, sample_engine):
    """No fourth window finds room and a field shows so much: a direct message names each thing that is missing."""
    who = "Builders and Masons of the Delaware Valley and of all that lies around it, and their Apprentices"
    names = [f"{number:02d} {who}" for number in range(16)]
    with Session(sample_engine) as session:
        session.add_all(Signatory(alliance_id=ids["plaza"], name=name) for name in names)
        session.commit()
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:sign_renewal")
    view = ada.modal()
    view["state"] = {"values": ada.fills(signed_on="2026-11-20", term_years="3")}
    view |= {"previous_view_id": "V2", "root_view_id": "V1"}
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    app = build_app(client, sessionmaker(sample_engine), lambda: NOW)
    body = {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "UADA", "name": "ada"}, "view": view}
    ada.mark = slack.mark()
    (said,) = json.loads(app.dispatch(BoltRequest(body=body, mode="socket_mode")).body)["errors"].values()
    assert "was just sent to you as a direct message; what you typed stays here." in said
    assert said.count(";") >= 8
    told = ada.reads("post")
    assert all(name in told["text"] for name in names)
    assert ada.sends(signed_on="2026-11-20", term_years="3")["response_action"] == "push"
    assert all(name in words(ada.modal()["blocks"]) for name in names)
