"""What the text leaves open of the gates, what is chosen, and what else could be."""

from __future__ import annotations

from collections.abc import Collection

from policy.editions import Edition

#: Whether a renewal passes the gates of signing again (VII.B, IX.A).
RENEWAL = (
    "Reading IX.A: the text does not say whether a renewal passes the gates of signing again. It is read so, because a "
    "renewal is an agreement that is signed; its evaluation and the decision to renew take the place of the proposal. "
    "The alternative, that these two are enough, can be chosen for rounds of review by the office (`renewal_skips`)."
)
#: How strongly F-5 asks.
SPECIAL_APPROVAL = (
    "Reading F-5: “may also sign ... with consideration for additional approval procedures” is read as mandatory: "
    "without such an approval on record nothing is signed. The procedures themselves stand in CSP 04-01-003, whose "
    "text is not at hand. The alternative, that to consider them is enough, would leave the words without effect."
)


def gate_readings(gates: Collection[str], edition: Edition, *, renewal: bool, carried: bool) -> tuple[str, ...]:
    """Give the readings that some gates rest on, each with its alternative; `carried` where one is carried over."""
    made = []
    if renewal:
        made.append(RENEWAL)
    if "special-approval" in gates:
        made.append(SPECIAL_APPROVAL)
    if carried:
        made.append(
            f"Carried over: what is known of the text of {edition.name} is silent on the gates so marked, so the text "
            "of CSP 04-01-002 is applied. The alternative, that they went with the older text, is stated nowhere."
        )
    return tuple(made)
