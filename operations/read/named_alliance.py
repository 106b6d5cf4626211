"""The one alliance that a name typed in full or in part means, or a sentence that says which ones it may mean."""

from __future__ import annotations

from sqlalchemy.orm import Session

from operations.read.find_alliance import Found, closest_names, find_alliances, the_one
from operations.refusals import Refused


def named_alliance(session: Session, name: str) -> Found:
    """Find the alliance that a name clearly means.

    Raises:
        Refused: No alliance, or several, are called so; the sentence names them, or the closest.
    """
    if not name.strip():
        raise Refused("No alliance is named: type its name, or a part of it.")
    found = find_alliances(session, name)
    alliance = the_one(found)
    if alliance is not None:
        return alliance
    if found:
        names = "; ".join(f.name for f in found)
        raise Refused(f"“{name}” may mean several alliances: {names}. Write the whole name.")
    if closest := closest_names(session, name):
        raise Refused(f"No alliance is called “{name}”. Closest: {'; '.join(closest)}.")
    raise Refused(f"No alliance is called “{name}”, nor anything like it.")
