"""The bell: everything that rang is answered once, in order, and waiting ends when it must."""

import threading

from presslog.daemon.bell import MOST_PLACES, Bell, Scan
from presslog.daemon.places import Place

A, B, C = (Place("seeds", name) for name in (b"a.txt", b"b.txt", b"c.txt"))


def a_bell(*rung: Place | Scan) -> Bell:
    bell = Bell()
    for each in rung:
        if isinstance(each, Scan):
            bell.ring_scan(each)
        else:
            bell.ring(each)
    return bell


def test_files_are_taken_oldest_first_up_to_a_limit() -> None:
    bell = a_bell(A, B, C)

    first, second, third = bell.take(2), bell.take(2), bell.take(2)

    assert (first, second, third) == ([A, B], [C], [])


def test_file_that_rings_twice_is_taken_once() -> None:
    bell = a_bell(A, B, A)

    taken = bell.take(10)

    assert taken == [A, B]
    assert len(bell) == 0


def test_file_that_rings_again_after_it_was_taken_is_taken_again() -> None:
    bell = a_bell(A)
    bell.take(1)

    bell.ring(A)

    assert bell.take(1) == [A]


def test_close_that_was_seen_is_not_forgotten_by_a_later_ring() -> None:
    closed = A._replace(is_closed=True)

    taken = [a_bell(closed, A).take(1), a_bell(A, closed).take(1)]

    assert [place.is_closed for places in taken for place in places] == [True, True]


def test_same_name_in_two_feeds_is_two_files() -> None:
    bell = a_bell(A, A._replace(feed="others"))

    taken = bell.take(10)

    assert [place.feed for place in taken] == ["seeds", "others"]


def test_file_that_a_scan_has_found_is_answered_with_what_the_bell_knows() -> None:
    bell = a_bell(A._replace(is_closed=True), B)

    answered = bell.answer([A, C])

    assert [(place.path, place.is_closed) for place in answered] == [(b"a.txt", True), (b"c.txt", False)]
    assert bell.take(10) == [B]


def test_scan_asked_for_twice_is_done_once() -> None:
    bell = a_bell(Scan("seeds"), Scan("seeds"))

    scans = [bell.take_scan(), bell.take_scan()]

    assert scans == [Scan("seeds"), None]


def test_scan_of_a_whole_feed_answers_for_its_folders() -> None:
    bell = a_bell(Scan("seeds"), Scan("seeds", b"sub"), Scan("others", b"sub"))

    scans = [bell.take_scan(), bell.take_scan(), bell.take_scan()]

    assert scans == [Scan("seeds"), Scan("others", b"sub"), None]


def test_of_more_files_than_memory_should_hold_the_oldest_become_a_scan() -> None:
    bell = a_bell(*(Place("seeds", b"%d" % number) for number in range(MOST_PLACES)))

    bell.ring(Place("wires", b"one too many"))
    bell.ring(Place("seeds", b"7", is_closed=True))

    assert len(bell) == MOST_PLACES
    assert bell.take_scan() == Scan("seeds", reason="backlog")
    assert [place.path for place in bell.take(8)][:2] == [b"1", b"2"]


def test_what_rings_now_does_not_wait_behind_a_backlog() -> None:
    bell = a_bell(*(Place("seeds", b"%d" % number) for number in range(100)))

    bell.ring(A)
    first, second = bell.take(8), bell.take(8)

    assert [place.path for place in first] == [b"0", b"1", b"2", b"3", b"4", b"5", b"99", b"a.txt"]
    assert [place.path for place in second][-2:] == [b"97", b"98"]


def test_what_rings_into_a_flood_does_not_wait_for_what_the_flood_rings_after_it() -> None:
    flood = [Place("seeds", b"%d.txt" % number) for number in range(100)]
    others = [Place("seeds", b"urgent.txt"), Place("seeds", b"sub/7.txt"), Place("wires", b"7.txt")]
    bell = a_bell(*flood[:50], *others, *flood[50:])

    taken = bell.take(16)

    assert taken == [*flood[:12], flood[99], *others]


def test_files_of_no_kind_in_common_are_taken_from_both_ends() -> None:
    places = [Place("seeds", letter.encode()) for letter in "abcdefghijklmnop"]

    taken = a_bell(*places).take(8)

    assert taken == [*places[:6], *places[-2:]]


def test_every_file_is_taken_once_whatever_its_kind() -> None:
    places = [Place("seeds", b"%c%d" % (b"abc"[number % 3], number)) for number in range(100)]
    bell = a_bell(*places)
    bell.answer(places[40:60])

    taken = [place for _ in range(20) for place in bell.take(8)]

    assert sorted(taken) == sorted(places[:40] + places[60:])
    assert len(bell) == 0


def test_wait_ends_at_once_where_something_rang() -> None:
    bell = a_bell(A)

    bell.wait(None)

    assert bell.take(1) == [A]


def test_wait_ends_after_its_time() -> None:
    bell = Bell()

    bell.wait(0.01)

    assert bell.take(1) == []


def test_every_ring_ends_a_wait_in_another_thread() -> None:
    bell = Bell()

    for ring in (lambda: bell.ring(A), lambda: bell.ring_scan(Scan("seeds")), bell.wake):
        waiting = threading.Thread(target=bell.wait, args=[None])
        waiting.start()
        ring()
        waiting.join(5)
        assert not waiting.is_alive()
        bell.take(1)
        bell.take_scan()


def test_wake_ends_one_wait_only() -> None:
    bell = Bell()
    bell.wake()
    bell.wait(None)

    waiting = threading.Thread(target=bell.wait, args=[None], daemon=True)
    waiting.start()
    waiting.join(0.05)

    assert waiting.is_alive()
    bell.wake()
    waiting.join(5)
