"""Whatever is asked for in whatever order, no limit of Slack's is broken; what a person waits for goes first."""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.pacer import BURST, HISTORY, LATE, PER_MINUTE, POST, PREFIX, REPLIES, UPDATE, Pacer

CAP = 60
#: A cap that even a short play reaches.
TIGHT = 10


@dataclass
class Time:
    """Seconds that pass when a test says so."""

    seconds: float = 1_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


@pytest.fixture
def client(valkey_url):
    """A connection to an empty Valkey."""
    with redis.Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture
def time() -> Time:
    """A time that stands still."""
    return Time()


@pytest.fixture
def pacer(client, time) -> Pacer:
    """A pacer that knows of no call for a long time."""
    pacer = Pacer(client, CAP, time)
    begin(pacer, time)
    return pacer


def begin(pacer: Pacer, time: Time) -> None:
    """Let the first wait of a new epoch pass."""
    pacer.ask(uuid.uuid4(), (), "")
    time.seconds += 60


def post(pacer: Pacer, channel: str, token: uuid.UUID | None = None, *, bulk: bool = False) -> float:
    """Ask to post."""
    return pacer.ask(token or uuid.uuid4(), (POST,), channel, bulk=bulk)


def test_one_post_a_second_for_a_channel(pacer, time):
    """A second post to the channel waits a second, one to another channel does not."""
    assert post(pacer, "C1") == 0
    time.seconds += 0.4
    second = uuid.uuid4()
    assert post(pacer, "C1", second) == pytest.approx(0.6)
    assert post(pacer, "C2") == 0
    time.seconds += 0.6
    assert post(pacer, "C1", second) == 0


def test_the_workspace_has_its_own_limit(pacer):
    """Posts to many channels keep the cap of the workspace: a few at once, then at the cap's pace."""
    waits = [post(pacer, f"C{number}") for number in range(2 * BURST)]
    share = BURST * (60 + LATE) / CAP
    assert waits == pytest.approx([0] * BURST + [share] * BURST, abs=0.01)


@pytest.mark.parametrize("method", [UPDATE, HISTORY, REPLIES])
def test_each_method_has_its_own_limit(pacer, method):
    """Updates and looks are counted apart from posts and from each other."""
    for number in range(BURST):
        assert post(pacer, f"C{number}") == 0
    assert [pacer.ask(uuid.uuid4(), (method,), "C0") for _ in range(BURST)] == [0] * BURST
    share = BURST * (60 + LATE) / PER_MINUTE[method]
    assert pacer.ask(uuid.uuid4(), (method,), "C0") == pytest.approx(share, abs=0.01)


def test_what_looks_and_posts_waits_for_both(pacer):
    """Several methods are granted for one moment at which all are free."""
    for _ in range(BURST):
        pacer.ask(uuid.uuid4(), (HISTORY,), "C1")
    share = BURST * (60 + LATE) / PER_MINUTE[HISTORY]
    assert pacer.ask(uuid.uuid4(), (HISTORY, POST), "C1") == pytest.approx(share, abs=0.01)
    assert post(pacer, "C1") == 0, "the time before a reserved moment is not lost to others"


def test_an_answer_goes_before_the_reminders(pacer):
    """Of many reminders only the next few hold a place: an answer is the next after these."""
    waits = [post(pacer, f"C{number}", bulk=True) for number in range(100)]
    assert max(waits) > 60, "told to ask much later"
    answer = post(pacer, "CANSWER")
    assert answer <= 3 * BURST * (60 + LATE) / CAP


def test_reminders_in_line_come_one_after_the_other(pacer):
    """Who is told to ask again is given a turn of its own, at the pace of the limit."""
    waits = sorted(post(pacer, f"C{number}", bulk=True) for number in range(100))
    turns = waits[3 * BURST :]
    assert min(b - a for a, b in itertools.pairwise(turns)) >= 60 / CAP


@pytest.mark.parametrize(("cap", "channels", "limit"), [(300, 100, 60.0), (6000, 5, 60.0)])
def test_a_batch_drains_at_the_limit(client, time, cap, channels, limit):
    """Three hundred reminders whose jobs come back 0.1 seconds late go out as fast as the limits allow, nearly."""
    pacer = Pacer(client, cap, time)
    begin(pacer, time)
    began = time.seconds
    queue = [(began, number, uuid.uuid4()) for number in range(300)]
    while queue:
        due, number, token = heapq.heappop(queue)
        time.seconds = max(time.seconds, due)
        wait = post(pacer, f"C{number % channels}", token, bulk=True)
        if wait:
            heapq.heappush(queue, (time.seconds + wait + 0.1, number, token))
    assert time.seconds - began <= 1.1 * limit


def test_a_reservation_is_kept_and_paid_once(pacer, time):
    """Who comes back a little late, or asks several times, is let through and takes one place."""
    post(pacer, "C1")
    token = uuid.uuid4()
    for _ in range(3):
        assert post(pacer, "C1", token) == 1.0
    assert post(pacer, "C1") == 2.0, "one place and not three"
    time.seconds += 1.3
    assert post(pacer, "C1", token) == 0


def test_who_is_too_late_asks_anew(pacer, time):
    """A dead worker's place is lost and nothing else: the next keeps its own."""
    post(pacer, "C1")
    dead, next_ = uuid.uuid4(), uuid.uuid4()
    assert (post(pacer, "C1", dead), post(pacer, "C1", next_)) == (1.0, 2.0)
    time.seconds += 2.0
    assert post(pacer, "C1", next_) == 0
    time.seconds += LATE
    assert post(pacer, "C1", dead) == 0, "the channel is free again"


def test_now_or_never_takes_what_is_free_and_no_more(pacer, time):
    """Who goes along with another is let through or not, and leaves no promise; what was promised before stays."""
    promised, along = uuid.uuid4(), uuid.uuid4()
    assert (post(pacer, "C1"), post(pacer, "C1", promised)) == (0, 1.0)
    assert pacer.ask(along, (POST,), "C1", within=1.0) > 0
    assert pacer.ask(promised, (POST,), "C1", within=1.0) > 0
    assert pacer.ask(along, (POST,), "C2", within=1.0) == 0
    time.seconds += 1.0
    assert post(pacer, "C1", promised) == 0
    assert post(pacer, "C2") == pytest.approx(1.0), "the call to C2 may come only now"


@pytest.mark.parametrize("later", [0.0, 0.5, 1.0, 2.5, 3.9])
def test_a_call_that_may_come_later_keeps_its_distance_from_all_until_then(pacer, time, later):
    """Who goes along within four seconds may call at any moment of them: nobody else gets one."""
    assert pacer.ask(uuid.uuid4(), (POST,), "C1", within=4.0) == 0
    time.seconds += later
    assert post(pacer, "C1") == pytest.approx(5.0 - later)


def test_nobody_goes_along_over_a_reserved_moment(pacer, time):
    """A moment that another holds within the time in which the call may come is in the way."""
    assert (post(pacer, "C1"), post(pacer, "C1")) == (0, 1.0)
    held = uuid.uuid4()
    assert post(pacer, "C1", held) == 2.0
    time.seconds += 1.0
    assert pacer.ask(uuid.uuid4(), (POST,), "C1", within=4.0) > 0
    time.seconds += 1.0
    assert post(pacer, "C1", held) == 0


def test_late_call_moves_the_next(pacer, time):
    """A second lies between two calls to a channel, not only between their places."""
    post(pacer, "C1")
    late, next_ = uuid.uuid4(), uuid.uuid4()
    assert (post(pacer, "C1", late), post(pacer, "C1", next_)) == (1.0, 2.0)
    time.seconds += 1.6
    assert post(pacer, "C1", late) == 0
    time.seconds += 0.4
    assert post(pacer, "C1", next_) == pytest.approx(0.6)


def test_retry_after_holds_for_all_workers(client, pacer, time):
    """What Slack told one worker, another minds; other methods go on."""
    other = Pacer(client, CAP, time)
    pacer.block((POST,), 30)
    assert post(other, "C1") == 30
    assert other.ask(uuid.uuid4(), (UPDATE,), "C1") == 0
    pacer.block((POST,), 10)
    assert post(other, "C2") == 30, "a shorter wait does not end a longer one"
    time.seconds += 30
    assert post(other, "C1") == 0


def test_retry_after_breaks_a_promise(pacer, time):
    """A reserved moment is not used while Slack asks to wait."""
    post(pacer, "C1")
    token = uuid.uuid4()
    assert post(pacer, "C1", token) == 1.0
    pacer.block((POST,), 30)
    time.seconds += 1
    assert post(pacer, "C1", token) == 29


def test_retry_after_outlives_the_loss_of_valkey(client, pacer, time):
    """The worker that was told to wait tells the others again."""
    pacer.block((POST,), 30)
    client.flushall()
    assert post(pacer, "C1") == 30
    assert post(Pacer(client, CAP, time), "C2") == 30


def test_loss_of_valkey_breaks_no_limit(client, pacer, time):
    """After a loss nobody knows of the calls before it, so every limit is kept from that moment."""
    for number in range(BURST):
        assert post(pacer, f"C{number}") == 0
    client.flushall()
    share = BURST * (60 + LATE) / CAP
    token = uuid.uuid4()
    assert post(pacer, "C0", token) == pytest.approx(share, abs=0.01)
    time.seconds += share + 0.01
    assert post(pacer, "C0", token) == 0, "and it slows nothing down for good"


def test_two_pacers_share(client, pacer, time):
    """Two workers have one limit."""
    other = Pacer(client, CAP, time)
    assert (post(pacer, "C1"), post(other, "C1")) == (0, 1.0)


def test_valkey_forgets_what_no_longer_counts(client, time, valkey_url):
    """Only the epoch stays for good; a channel that is not used takes no memory."""
    own = Pacer(client, CAP)
    post(own, "C1")
    own.block((UPDATE,), 30)
    keys = [key.decode() for key in client.scan_iter(f"{PREFIX}:*")]
    assert sorted(key for key in keys if client.ttl(key) == -1) == [f"{PREFIX}:epoch"]


@dataclass
class Asked:
    """One message on its way through the pacer."""

    methods: tuple[str, ...]
    channel: str
    bulk: bool
    token: uuid.UUID = field(default_factory=uuid.uuid4)


ASKED = st.builds(
    Asked,
    methods=st.sampled_from([(POST,), (UPDATE,), (HISTORY, POST), (HISTORY, POST, UPDATE)]),
    channel=st.sampled_from(["C1", "C2", "C3"]),
    bulk=st.booleans(),
)
#: Who asks next (of those waiting), after how many seconds; or nobody comes back, or Valkey is lost.
STEPS = st.lists(
    st.tuples(st.sampled_from(["new", "again", "early", "joins", "dies", "lost"]), st.floats(0, 2), ASKED),
    min_size=20,
    max_size=80,
)


@settings(max_examples=60)
@given(steps=STEPS)
def test_no_order_of_events_breaks_a_limit(valkey_server, steps):
    """Granted calls keep every limit: new ones, late ones, early ones, dead ones, and after losses."""
    granted: dict[str, list[float]] = defaultdict(list)
    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
        for moment, asked in play(client, steps):
            for name in (*asked.methods, *([asked.channel] if POST in asked.methods else [])):
                granted[name].append(moment)
    for name, moments in granted.items():
        most, seconds = ({POST: TIGHT, **PER_MINUTE}[name], 60.0) if "." in name else (1, 1.0)
        moments.sort()
        for first, beyond in zip(moments, moments[most:], strict=False):
            assert beyond - first >= seconds - 0.0011, name


def play(client: redis.Redis, steps) -> Iterator[tuple[float, Asked]]:
    """Let it all happen; yields who was let through, and when."""
    time, waiting = Time(), list[tuple[float, Asked]]()
    pacer = Pacer(client, TIGHT, time)
    for what, pause, new in steps:
        time.seconds += pause
        asked = new
        if what == "joins":
            # It goes along with another, and is called up to a second later.
            if not pacer.ask(asked.token, asked.methods, asked.channel, bulk=asked.bulk, within=1.0):
                yield time.seconds + pause / 2, asked
            continue
        if what == "lost":
            client.flushall()
        elif what != "new" and waiting:
            waiting.sort(key=lambda each: each[0])
            due, asked = waiting.pop(0)
            if what == "dies":
                continue
            if what == "again":
                time.seconds = max(time.seconds, due)
        wait = pacer.ask(asked.token, asked.methods, asked.channel, bulk=asked.bulk)
        if wait:
            waiting.append((time.seconds + wait, asked))
        else:
            yield time.seconds, asked
