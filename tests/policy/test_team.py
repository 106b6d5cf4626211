"""Whom a team lacks, by the level of its alliance (VI.H)."""

from __future__ import annotations

import pytest

from policy.facts import Level
from policy.team import OSHA_PARTS, Member, Part, lacking, parts_of

PLAZA = Member("Pilar", "la  plaza", Part.SIGNATORY)


def sentences(level, *members, signatories=("La Plaza",)):
    """Return what is lacking."""
    return [lack.sentence for lack in lacking(level, signatories, members)]


@pytest.mark.parametrize(
    ("level", "members", "count"),
    [
        (Level.AREA, (), 2),
        (Level.AREA, (PLAZA,), 1),
        (Level.AREA, (PLAZA, Member("Ada", "OSHA", Part.REGION)), 0),
        (Level.REGIONAL, (PLAZA, Member("Ada", "OSHA", Part.DCSP)), 1),
        (Level.NATIONAL, (PLAZA, Member("Nate", "OSHA", Part.DCSP)), 1),
        (Level.NATIONAL, (PLAZA, Member("Nate", "OSHA", Part.DCSP), Member("Ada", "OSHA", Part.FIELD)), 0),
        (Level.NATIONAL, (PLAZA, Member("Nate", "OSHA", Part.DCSP), Member("Dee", "OSHA", Part.DIRECTORATE)), 0),
        (Level.NATIONAL, (PLAZA, Member("Ada", "OSHA", Part.REGION)), 2),
    ],
)
def test_each_level_wants_its_own(level, members, count):
    """DCSP and a field office or directorate for a national alliance, the region for any other, every signatory."""
    assert len(sentences(level, *members)) == count


def test_an_organization_is_a_signatory_only_as_one():
    """A union that bears no signatory's name, or stands for itself, represents none; who never said may."""
    assert sentences(Level.AREA, Member("Uma", "La Plaza", Part.UNION), Member("A", "OSHA", Part.REGION))
    assert not sentences(Level.AREA, Member("Pilar", "La Plaza", None), Member("A", "OSHA", Part.REGION))
    both = sentences(Level.AREA, Member("A", "OSHA", Part.REGION), signatories=("La Plaza", "Builders"))
    assert both == ["Nobody on the team represents La Plaza and Builders."]


def test_each_lack_cites_the_clause_of_its_level():
    """The field's own half of VI.H is cited for the field."""
    assert [lack.clause.number for lack in lacking(Level.AREA, (), ())] == ["VI.H (field members)"]
    assert {lack.clause.number for lack in lacking(Level.NATIONAL, (), ())} == {"VI.H (members)"}


@pytest.mark.parametrize("level", Level)
def test_every_level_offers_its_parts_once(level):
    """DCSP has no seat of its own in a field team, the region none in a national one."""
    parts = parts_of(level)
    assert len(set(parts)) == len(parts)
    assert (Part.DCSP in parts) == (Part.REGION not in parts) == (level is Level.NATIONAL)
    assert OSHA_PARTS & set(parts)
