"""Refuse a chain that cannot be used, or that asks for less than the directive."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.gather_gate_facts import regional_offices
from operations.refusals import Refused
from policy.chain_words import BadChainError, chain_lines, codes_named, place_chain, read_lines
from policy.chains import Place, Purpose, below_default, default_chain
from policy.facts import Level
from policy.words import listing

#: Stand for offices that an office's chain may be used for and that are not known when it is set.
SOME_OFFICE, SOME_REGION, NATIONAL = "SOME-OFFICE", "SOME-REGION", "OSHA-NO"


def refuse_chain(session: Session, office: Office, purpose: Purpose, text: str) -> None:
    """Let pass who is to approve at an office, as `policy.chain_words` reads it.

    Raises:
        Refused: A line cannot be read, names an office that there is none of, or a step that a clause asks for could be
            passed by.
    """
    try:
        steps = read_lines(chain_lines(text))
        codes = codes_named(steps)
        known = set(session.scalars(select(Office.code).where(Office.code.in_(codes))))
        if codes - known:
            raise Refused(f"There is no office with the code {listing(sorted(codes - known))}.", field="steps")
        for at in _places(session, office, purpose):
            chain = place_chain(steps, at)
            if purpose is Purpose.PRODUCT:
                continue
            about = at.regions[0] if purpose.terms.about == "region" else ""
            for step in below_default(purpose, chain, default_chain(purpose, at, about=about)):
                raise Refused(
                    f"{step.title} could be passed by, which {step.clause} asks for: name it in a line of its own.",
                    field="steps",
                )
    except BadChainError as error:
        raise Refused(str(error), field="steps") from None


def _places(session: Session, office: Office, purpose: Purpose) -> Iterator[Place]:
    """Yield the kinds of alliances that a chain of an office holds for, with what is not known standing for any."""
    top = session.scalars(
        select(Office.code).where(Office.parent_id.is_(None), Office.kind == "national").order_by(Office.id).limit(1)
    ).first()
    national = top or NATIONAL
    own_region = next(iter(regional_offices(session, (office.code,))), SOME_REGION)
    for level in purpose.terms.levels:
        if level is Level.AREA:
            own = office.code if office.kind in {"area", "district"} else SOME_OFFICE
            yield Place(level, (own,), (own_region,), national, "SOL")
        elif level is Level.REGIONAL and office.kind not in {"area", "district"}:
            yield Place(level, (own_region,), (own_region,), national, "SOL")
        elif level is Level.NATIONAL and office.kind == "national":
            yield Place(level, (office.code,), (office.code,), national, "SOL")
