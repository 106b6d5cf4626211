"""Alliances: their offices, signatories, agreements, teams and ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.offices import Office, one_of
from policy.facts import EndingKind, Level, Recommendation
from policy.team import Part


class Alliance(Base):
    """A formal cooperative relationship between OSHA offices and signatories (CSP 04-01-002 VI.A)."""

    __tablename__ = "alliances"
    __table_args__ = (
        CheckConstraint(one_of("level", tuple(level.value for level in Level)), name="level"),
        CheckConstraint("length(trim(name)) > 0", name="name"),
        CheckConstraint("meetings_required between 0 and 12", name="meetings_required"),
        CheckConstraint("lapse_after_days >= 0", name="lapse_after_days"),
        CheckConstraint(
            "num_nonnulls(anchored_on, anchor_reason) in (0, 2)",
            name="anchor_has_reason",
        ),
        CheckConstraint("num_nonnulls(merged_into_id, merged_at) in (0, 2)", name="merged"),
        CheckConstraint("merged_into_id <> id", name="own_merger"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    level: Mapped[str]
    #: Duties due before this day are not created: nobody is chased for 2009.
    tracked_from: Mapped[date]
    #: The renewal's signing from which agreement years are counted anew; NULL: the original signing.
    anchored_on: Mapped[date | None]
    anchor_reason: Mapped[str | None]
    #: NULL: what the edition asks for.
    meetings_required: Mapped[int | None]
    #: The first day of the agreement years for which that holds; NULL: all.
    meetings_required_since: Mapped[date | None]
    #: What was set for the years before, see `policy.meeting_numbers`.
    meetings_required_before: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    #: NULL: the reading of the directive decides.
    meetings_mandatory: Mapped[bool | None]
    #: Calendar days after expiry; NULL: the parameter.
    lapse_after_days: Mapped[int | None]
    #: Where the entry was taken from, as the person who entered it wrote it.
    source: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime]
    #: The alliance that took over its records and offices, when it was entered twice; NULL: it stands for itself.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("alliances.id"))
    merged_at: Mapped[datetime | None]
    #: The moments at which a check would find what the last one found; NULL: look again now. A trigger takes it
    #: away when a record of the alliance changes, whoever changes it.
    quiet: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    #: The digest of everything else that the last check went by: the rules, the offices, the closures.
    checked_under: Mapped[str | None]
    #: Why the last check could not be done; NULL when it could.
    check_failure: Mapped[str | None]

    offices: Mapped[list[AllianceOffice]] = relationship(
        order_by="AllianceOffice.rank", lazy="raise", cascade="all, delete-orphan"
    )
    signatories: Mapped[list[Signatory]] = relationship(
        order_by="Signatory.id", lazy="raise", cascade="all, delete-orphan"
    )
    agreements: Mapped[list[Agreement]] = relationship(order_by="Agreement.signed_on", lazy="raise")


#: Names are compared without regard to case: two people must not enter one alliance twice.
Index("uq_alliances_name", func.lower(Alliance.name), unique=True)


class AllianceOffice(Base):
    """An OSHA office that runs an alliance; rank 0 is the lead office, which owns its duties."""

    __tablename__ = "alliance_offices"
    __table_args__ = (
        UniqueConstraint("alliance_id", "rank"),
        CheckConstraint("rank >= 0", name="rank"),
    )

    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True, index=True)
    rank: Mapped[int]

    office: Mapped[Office] = relationship(lazy="raise")


class Signatory(Base):
    """An outside party to an alliance (CSP 04-01-002 VI.D)."""

    __tablename__ = "signatories"
    __table_args__ = (
        UniqueConstraint("alliance_id", "name"),
        CheckConstraint("left_on is null or joined_on is null or left_on >= joined_on", name="dates"),
        CheckConstraint("length(trim(name)) > 0", name="name"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    name: Mapped[str]
    #: NULL: since the original signing.
    joined_on: Mapped[date | None]
    #: NULL while it takes part.
    left_on: Mapped[date | None]


class Agreement(Base):
    """A signed agreement: the original or a renewal; signed on the day of the last OSHA signature."""

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("alliance_id", "signed_on"),
        Index(
            "uq_agreements_original",
            "alliance_id",
            unique=True,
            postgresql_where=text("not renewal"),
        ),
        CheckConstraint("term_years between 1 and 50", name="term_years"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    signed_on: Mapped[date]
    renewal: Mapped[bool]
    #: NULL when no term is on record: the default of the edition is assumed and said so.
    term_years: Mapped[int | None]
    #: The directive in force on the day of signing, kept as it was.
    edition: Mapped[str]
    #: What a renewal "in part" renews or changes; NULL for one of the whole.
    in_part: Mapped[str | None]


class TeamMember(Base):
    """A member of the Implementation Team (CSP 04-01-002 VI.H), of OSHA or of a signatory."""

    __tablename__ = "team_members"
    __table_args__ = (
        CheckConstraint("until is null or until >= since", name="dates"),
        CheckConstraint("length(trim(name)) > 0", name="name"),
        CheckConstraint(one_of("part", tuple(part.value for part in Part)), name="part"),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    organization: Mapped[str]
    #: NULL for people outside OSHA.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: Whom the member stands for, a `policy.team.Part`; NULL where nobody has said.
    part: Mapped[str | None]
    since: Mapped[date]
    #: The last day; NULL while on the team.
    until: Mapped[date | None]
    #: NULL for those entered with a sample.
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime | None]
    #: Set when the record was a mistake.
    withdrawn_at: Mapped[datetime | None]


class RenewalDecision(Base):
    """What was recommended at the end of a term, and decided (CSP 04-01-002 IX.C.3)."""

    __tablename__ = "renewal_decisions"
    __table_args__ = (
        # A conditional extension is followed by another decision; any other decision is the term's last.
        Index("uq_renewal_decisions_begun", "agreement_id", unique=True, postgresql_where=text("decided_on is null")),
        Index(
            "uq_renewal_decisions_final",
            "agreement_id",
            unique=True,
            postgresql_where=text(f"recommendation <> '{Recommendation.EXTEND.value}'"),
        ),
        CheckConstraint(one_of("recommendation", tuple(r.value for r in Recommendation)), name="recommendation"),
        CheckConstraint("decided_on is null or decided_on >= recommended_on", name="dates"),
        CheckConstraint("num_nonnulls(extended_until, expectations) in (0, 2)", name="extension"),
        CheckConstraint(
            f"extended_until is null or recommendation = '{Recommendation.EXTEND.value}'", name="extended_until"
        ),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete="CASCADE"))
    recommendation: Mapped[str]
    reasons: Mapped[str]
    recommended_on: Mapped[date]
    #: NULL until management has decided.
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None]
    #: The last day of a conditional extension, set in its written expectations (IX.C.3.b).
    extended_until: Mapped[date | None]
    expectations: Mapped[str | None]


class TerminationNotice(Base):
    """A written notice to leave, at least 30 days ahead (CSP 04-01-002 IX.C, last sentence)."""

    __tablename__ = "termination_notices"
    __table_args__ = (
        CheckConstraint("named_end_on is null or named_end_on >= noticed_on", name="named_end_on"),
        CheckConstraint("withdrawn_on is null or withdrawn_on >= noticed_on", name="withdrawn_on"),
        CheckConstraint("ended_on is null or ended_on >= noticed_on", name="ended_on"),
        CheckConstraint("num_nonnulls(withdrawn_on, ended_on) <= 1", name="one_outcome"),
        Index(
            "uq_termination_notices_running",
            "alliance_id",
            func.coalesce(text("signatory_id"), 0),
            unique=True,
            postgresql_where=text("withdrawn_on is null and ended_on is null"),
        ),
    )

    id: Mapped[Id]
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    #: NULL when OSHA gave the notice.
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatories.id"))
    noticed_on: Mapped[date]
    #: A later end that the notice itself names; NULL when it names none.
    named_end_on: Mapped[date | None]
    reason: Mapped[str]
    withdrawn_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    signatory: Mapped[Signatory | None] = relationship(lazy="raise")


class Ending(Base):
    """How and when a whole alliance ended."""

    __tablename__ = "endings"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(kind.value for kind in EndingKind)), name="kind"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint(
            "num_nonnulls(relationship_ended_on, relationship_ended_because) in (0, 2)", name="relationship"
        ),
        CheckConstraint(
            f"relationship_ended_on is null or kind = '{EndingKind.AMBASSADOR.value}'", name="relationship_kind"
        ),
    )

    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str]
    ended_on: Mapped[date]
    reason: Mapped[str]
    #: An Ambassador's: when the relationship ended as well, and why; NULL while it goes on.
    relationship_ended_on: Mapped[date | None]
    relationship_ended_because: Mapped[str | None]
