"""The papers that drafts, approvals and records for the gates are about: what stands before the colon of a subject."""

from __future__ import annotations

#: The proposal of an alliance, and the agreement in preparation; its signing names the agreement instead.
PROPOSAL, DRAFT = "proposal", "draft"
#: "product:3", and "activity:7" of a product that was recorded without a proposal.
PRODUCT, DEVELOPED = "product", "activity"
#: "renewal:12": the recommendation for the term of an agreement.
RENEWAL = "renewal"
#: Background and goals of an alliance whose agreement was not drafted here.
PURPOSE = "purpose"
#: "report:2026-09-14": the annual report of the year to that day.
REPORT = "report"


def about_product(subject: str) -> bool:
    """Whether a subject is a product."""
    return subject.partition(":")[0] in {PRODUCT, DEVELOPED}
