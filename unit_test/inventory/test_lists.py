"""Lists: pages at once where cursors are predictable, and never a page too few."""

from __future__ import annotations

import threading

import pytest

from sentry_plugin.client.pages import Page
from sentry_plugin.errors import InputError
from sentry_plugin.inventory import threads
from sentry_plugin.inventory.collect import lists


class Client:
    """A list of *pages* pages, whose cursors are numbered or not."""

    def __init__(self, pages, cursor, size=2):
        self.pages_there, self.cursor, self.size, self.asked = pages, cursor, size, []

    def pages(self, *_, cursor=None):
        number = int(cursor.split(":")[1]) if cursor else 0
        while True:
            self.asked.append(number)
            there = number < self.pages_there
            items = [{"id": str(number * self.size + n)} for n in range(self.size) if there]
            more = number < self.pages_there - 1
            yield Page(items, self.cursor.format(number + 1) if more else None)
            if not more:
                return
            number += 1


def read(client):
    found, lost = [], []
    with threads.ThreadPool() as pool:
        reader = lists.Reader(client, pool)
        reader.read(lists.ListRequest([], "", found.extend, lost.append))
        pool.wait()
    assert not lost
    assert reader.requests == len(client.asked)
    return sorted(int(each["id"]) for each in found)


@pytest.mark.parametrize("pages", [1, 2, 3, 4, 5, 9, 64, 200])
@pytest.mark.parametrize("cursor", ["2:{}:0", "3:{}:0", "2:{}:00", "1795360557140:{}:0"])
def test_every_item_comes_once_whatever_the_cursors_are(pages, cursor):
    client = Client(pages, cursor)
    assert read(client) == list(range(pages * 2))
    # Each page leads to two, before it is known which is the last.
    assert len(client.asked) <= 2 * pages


@pytest.mark.parametrize(("pages", "most"), [(1, 1), (2, 2), (3, 4)])
def test_a_short_list_costs_hardly_a_request_too_many(pages, most):
    client = Client(pages, "2:{}:0")
    read(client)
    # Page 3 may be on its way before page 2 has said that it is the last.
    assert pages <= len(client.asked) <= most


def test_a_list_whose_cursors_change_their_form_is_followed_from_there():
    client = Client(12, "2:{}:0")
    plain = client.pages

    def pages(*where, cursor=None):
        for page in plain(*where, cursor=cursor):
            odd = page.next_cursor and int(page.next_cursor.split(":")[1]) > 5
            yield page._replace(next_cursor=f"{page.next_cursor}:x") if odd else page

    client.pages = pages
    assert set(read(client)) == set(range(24))


def test_the_first_error_of_a_job_ends_the_work():
    started = threading.Event()

    def fail():
        started.set()
        raise InputError("No.")

    with threads.ThreadPool(1) as pool:
        pool.add(fail)
        pool.add(lambda: None)
        with pytest.raises(InputError):
            pool.wait()
    assert started.is_set()
