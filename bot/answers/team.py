"""Show the Implementation Team of an alliance, with what VI.H wants of it, and let it be changed."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, safe, section
from bot.choose import chosen_choices
from bot.team_words import lacks_words, member_words, since_words
from bot.values import MemberValue, Run
from operations.read.team import OnTeam, Team, read_team

#: More would not fit into one message.
SHOWN = 30
FORMER = 5
TITLE = "Team"


def team(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the team of the alliance that the words mean."""
    with asked.sessions.begin() as session:
        choices = chosen_choices(session, asked, words, alliance, "team")
        if isinstance(choices, Answer):
            return choices
        read = read_team(session, choices.of)
    return _answer(choices.id, choices.name, read, ended=choices.of.facts.ending is not None)


def _answer(alliance: int, name: str, read: Team, *, ended: bool) -> Answer:
    lines = [f"*Implementation Team of {safe(name)}*"]
    blocks = [header(f"Team of {name}")]
    if not read.members:
        nobody = "Nobody is on record as a member of the team. Add the people who meet for OSHA and the signatories."
        blocks, lines = [*blocks, section(nobody)], [*lines, nobody]
    for member in read.members[:SHOWN]:
        text = f"{_mention(member)}, {since_words(member)}"
        lines.append(f"•  {text}")
        blocks.append(section(text, accessory=_left(alliance, member)))
    if len(read.members) > SHOWN:
        blocks.append(context(f"and {len(read.members) - SHOWN} more"))
    if not ended:
        lacks = lacks_words(read)
        blocks, lines = [*blocks, section(lacks)], [*lines, lacks]
    if read.former:
        former = "\n".join(f"•  {member_words(one)}, {since_words(one)}" for one in read.former[:FORMER])
        blocks, lines = [*blocks, section(f"*Formerly*\n{former}")], [*lines, "*Formerly*", former]
    if not ended:
        add = Run(word="team", alliance=alliance, form="add_member").model_dump_json(exclude_none=True)
        blocks.append(actions(button("Add a member", "run:team:add_member", add, about=name, style="primary")))
    return Answer("\n".join(lines), blocks, title=TITLE)


def _mention(member: OnTeam) -> str:
    who = f"*{safe(member.name)}*" if member.slack_id is None else f"<@{member.slack_id}>"
    return f"{who}{member_words(member).removeprefix(safe(member.name))}"


def _left(alliance: int, member: OnTeam) -> Json:
    value = MemberValue(alliance=alliance, member=member.id).model_dump_json()
    return button("Left the team", "end:member", value, about=member.name)
