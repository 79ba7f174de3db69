"""What is kept, for whom, for how long, and in which form a reader gets it: codings, validators, HEAD."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Response
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from tests.site import ED, LOCAL, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.models import Ask, Revision
from tracker.web import build
from tracker.web.cache import LARGEST_SHARE
from tracker.web.cache_store import SMALLEST_BODY

PUBLIC = "public, max-age=5, stale-while-revalidate=30"
MEGABYTE = 1024 * 1024
DECODE: dict[str | None, Callable[[bytes], bytes]] = {None: bytes, "gzip": gzip.decompress}
RUBBISH = "\"',;=q \\\t*é" * 1000


class Asked:
    """Counts the requests that get through to Flask."""

    def __init__(self, site: Site) -> None:
        cache = site.cache
        self.count = 0
        self.app, cache.app = cache.app, self

    def __call__(self, *arguments: object) -> Iterable[bytes]:
        self.count += 1
        return self.app(*arguments)  # type: ignore[arg-type]


def get(site: Site, path: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = site.browser().send(method, path, headers=named)
    assert method == "HEAD" or answer.headers.get("Content-Length", str(len(answer.data))) == str(len(answer.data))
    return answer


KEPT = ["/", "/asks/stop-brexit", "/about", "/asks.csv", "/static/site.css", "/method?", "/api/v1/asks"]


def test_a_public_answer_is_made_once_and_is_the_same_each_time(sqlite_site: Site) -> None:
    asked = Asked(sqlite_site)
    for number, path in enumerate(KEPT, 1):
        first = get(sqlite_site, path)
        again = [get(sqlite_site, path) for _ in range(3)]
        assert asked.count == number, path
        assert first.headers["Cache-Control"] == PUBLIC
        assert {answer.data for answer in again} == {first.data}
        assert {(answer.status_code, answer.headers["ETag"]) for answer in again} == {(200, first.headers["ETag"])}


NOT_KEPT: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "/about", {"Cookie": "a=b; tracker=x"}),
    ("GET", "/about", {"Authorization": "Bearer x"}),
    ("OPTIONS", "/about", {}),
    ("BREW", "/about", {}),
    ("GET", "/staff/sign-in", {}),
    ("GET", "/staff", {}),
    ("GET", "/healthz", {}),
    ("GET", "/readyz", {}),
    ("GET", "/nowhere", {"If-None-Match": "*"}),
    ("GET", "/?on=nonsense", {"If-None-Match": "*"}),
    ("GET", "/legislation/", {}),
]


def test_everything_else_is_flasks_to_answer(sqlite_site: Site) -> None:
    known = get(sqlite_site, "/about").headers["ETag"]
    asked = Asked(sqlite_site)
    for method, path, headers in [*NOT_KEPT, ("GET", "/asks/nothing", {"If-None-Match": known})]:
        before = asked.count
        for _ in range(2):
            answer = sqlite_site.browser().send(method, path, headers=headers)
            assert "ETag" not in answer.headers, (method, path)
        assert asked.count == before + 2, (method, path)


HOW_LONG = [
    ("/about", "theme=dark", PUBLIC),
    ("/asks.csv", "tracker=x", "private, no-cache"),
    ("/static/site.css?v=0", "", PUBLIC),
    (f"/static/site.css?v={build.version_of('site.css')}", "", "public, max-age=31536000, immutable"),
    (f"/static/site.css?v={build.version_of('site.css')}", "tracker=x", "public, max-age=31536000, immutable"),
]


def test_how_long_others_may_keep_an_answer(shared_site: Site) -> None:
    for path, cookie, expected in HOW_LONG:
        for _ in range(2):
            assert get(shared_site, path, Cookie=cookie).headers["Cache-Control"] == expected


OWN = [("Set-Cookie", "a=b"), ("Cache-Control", "no-cache"), ("Cache-Control", "private"), ("Vary", "Origin")]


def test_what_is_not_for_everybody_and_what_went_wrong_is_not_kept(sqlite_site: Site) -> None:
    asked, client = Asked(sqlite_site), sqlite_site.browser().client
    views, view = sqlite_site.app.view_functions, sqlite_site.app.view_functions["public.about"]
    for number, pair in enumerate(OWN, 1):
        views["public.about"] = partial(Response, "a" * 900, headers=[pair])
        assert [client.get("/about").status_code for _ in range(2)] == [200, 200]
        assert asked.count == 2 * number
    for error in (RuntimeError("broken"), OperationalError("SELECT", {}, Exception("busy"))):

        def broken(error: Exception = error) -> str:
            raise error

        views["public.about"] = broken
        assert client.get("/about").status_code >= 500
        views["public.about"] = view
        assert get(sqlite_site, "/about").status_code == 200
        sqlite_site.forget()


def test_each_host_and_scheme_has_its_own_answer_and_a_foreign_host_none(make_site: MakeSite) -> None:
    site = make_site(replace(PRODUCTION, trusted_proxies=1))
    asked = Asked(site)
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for _ in range(2):
        for host, status in (("tracker.example", 200), ("localhost", 200), ("evil.example", 400)):
            for scheme in ("http", "https"):
                answer = get(site, "/about", Host=host, X_Forwarded_Proto=scheme)
                assert answer.status_code == status
                headers = dict(answer.headers)
                assert seen.setdefault((host, scheme), headers) == headers, "a kept answer has every header"
    assert asked.count == 4 + 2 * 2
    assert "Strict-Transport-Security" in seen["tracker.example", "https"]


# --- until when ---


def test_a_commit_is_on_the_next_answer_and_the_old_ones_are_dropped(site: Site) -> None:
    for path in KEPT:
        get(site, path)
    known = get(site, "/").headers["ETag"]
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Another title"))
    answer = get(site, "/", If_None_Match=known)
    assert answer.status_code == 200
    assert "Another title" in answer.text
    assert [address.path for address in site.cache.store.answers] == ["/"]
    asked = Asked(site)
    site.browser(ED).get("/staff/")
    seen = asked.count
    get(site, "/")
    assert asked.count == seen, "that somebody signs in changes nothing"
    for number, title in ((900, "After"), (800, "Restored"), (900, "After again")):
        site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=title))
        site.execute(sa.update(Revision).values(number=number))
        assert title in get(site, "/").text, "a revision that goes back is another state"


def test_a_build_is_told_by_its_files_and_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(**settings: Any) -> bytes:
        build.digests.cache_clear()
        return build.digest(replace(PRODUCTION, **settings))

    seen = {built(), built(site_url="https://other.example"), built(contact_email="a@example.org")}
    seen |= {built(secret_key="x" * 40)}
    assert len(seen) == 4
    assert seen >= {built(), built(port=8001), built(database_url="sqlite:////elsewhere"), built(workers=4)}
    for folder, name in (("TEMPLATES", "new.html"), ("STATIC", "new.css"), ("CODE", "new.py")):
        monkeypatch.setattr(build, folder, tmp_path)
        (tmp_path / name).write_text(folder)
        before = built()
        assert before not in seen
        (tmp_path / name).write_text("changed")
        seen |= {before, built()}
    assert len(seen) == 10
    build.digests.cache_clear()


# --- how much ---


def test_the_bound_holds_and_what_was_not_asked_for_longest_goes_first(make_site: MakeSite) -> None:
    site = make_site(replace(LOCAL, cache_mb=1))
    # So long that about thirty fill a megabyte, and quickly made.
    text = Random(1).randbytes(10_000).hex()
    site.app.view_functions["public.index"] = lambda: Response(text, content_type="text/plain")
    get(site, "/about")
    store, asked = site.cache.store, Asked(site)
    for number in range(80):
        for accept in ("", "gzip"):
            get(site, f"/?q={number}", Accept_Encoding=accept)
        seen = asked.count
        get(site, "/about")
        assert asked.count == seen
        bodies = sum(len(answer.plain.body) + len(answer.gzipped.body) for answer in store.answers.values())
        assert bodies <= store.used <= MEGABYTE
        assert store.used == sum(answer.size for answer in store.answers.values())
    assert site.cache.store is store
    assert 5 < len(store.answers) < 80
    assert {"q=0", "q=79"} & {address.query for address in store.answers} == {"q=79"}


@pytest.mark.parametrize("megabytes", [0, 1])
def test_an_answer_that_is_too_large_is_passed_on_piece_by_piece(make_site: MakeSite, megabytes: int) -> None:
    site = make_site(replace(LOCAL, cache_mb=megabytes))
    made: list[int] = []
    site.app.view_functions["public.about"] = lambda: Response(pieces(made, MEGABYTE // LARGEST_SHARE // 1000 + 1))
    assert site.browser().send("HEAD", "/about").data == b""
    assert made == [], "the head of a large answer does not make it"
    for number in (1, 2):
        with site.app.test_client().get("/about", buffered=False) as answer:
            body = answer.iter_encoded()
            assert next(iter(body)) == b"a" * 1000
            assert len(made) <= 2 * number + (number - 1) * 140
            assert len(b"".join(body)) == 131 * 1000
    assert made.count(-1) == 2
    assert get(site, "/about", If_None_Match=answer.headers["ETag"]).status_code == 304
    assert made.count(0) == 2, "a reader who has it makes no work"
    site.app.view_functions["public.about"] = lambda: Response(b"a" * MEGABYTE)
    for _ in range(2):  # a file of known length
        answer = get(site, "/about", Accept_Encoding="gzip")
        assert (answer.headers["Content-Length"], len(answer.data)) == (str(MEGABYTE), MEGABYTE)
        assert site.browser().send("HEAD", "/about").headers["Content-Length"] == str(MEGABYTE)
    assert site.cache.store.used == 0


def test_half_an_answer_is_never_kept_and_its_source_is_closed(sqlite_site: Site) -> None:
    for ending in ("the reader leaves", "the source breaks", "nobody begins to read"):
        made: list[int] = []
        response = Response(pieces(made, 10, breaks=ending == "the source breaks"))
        response.call_on_close(partial(made.append, -2))
        sqlite_site.app.view_functions["public.about"] = partial(Response.force_type, response)
        with sqlite_site.app.test_client().get("/about", buffered=False) as answer:
            body = answer.iter_encoded()
            if ending == "the reader leaves":
                next(iter(body))
            elif ending == "the source breaks":
                with pytest.raises(OSError, match="broken"):
                    b"".join(body)
        assert made[-1] == -2
        assert not sqlite_site.cache.store.answers


def pieces(made: list[int], number: int, *, breaks: bool = False) -> Iterator[bytes]:
    """A thousand bytes at a time; notes which have been asked for, and -1 at the end."""
    for count in range(number):
        made.append(count)
        yield b"a" * 1000
        if breaks:
            raise OSError("broken")
    made.append(-1)


# --- in which form ---

# Accept-Encoding, by the coding that is sent.
CODINGS: dict[str | None, list[str]] = {
    "gzip": [
        "gzip, deflate, br, zstd", "  gzip ; q = 0.5 , br;q=0.4", "identity;q=0.5, gzip", "*", "gzip;;q=1",
    ],
    None: [
        "", "gzip;q=0, br;q=0.0", "identity, gzip;q=0.5", "*;q=0", "identity;q=1, *;q=0.1", "deflate, zstd, compress",
        "gzip;q=nan, br;q=1e3", "gzip," * 101, RUBBISH,
    ],
}  # fmt: skip


def test_a_reader_gets_the_best_coding_that_it_accepts(shared_site: Site) -> None:
    plain = get(shared_site, "/method")
    for coding, header in [(coding, header) for coding, headers in CODINGS.items() for header in headers]:
        answer = get(shared_site, "/method", Accept_Encoding=header)
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, coding), header[:30]
        assert DECODE[coding](answer.data) == plain.data
        assert answer.headers["Content-Length"] == str(len(answer.data))
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert (coding is None) == (answer.headers["ETag"] == plain.headers["ETag"])


COMPRESSED = (
    "text/html; charset=utf-8", "text/csv; charset=utf-8; header=present", "application/json", "image/svg+xml",
    "application/atom+xml; charset=utf-8",
)  # fmt: skip


def again(response: Response) -> Response:
    return Response(response.data, headers=response.headers)


def test_what_gains_nothing_is_sent_as_it_is(sqlite_site: Site) -> None:
    encoded, noise = gzip.compress(b"a" * 9000), Random(1).randbytes(5000)
    cases = [
        *((Response(b"a" * SMALLEST_BODY, content_type=kind), b"a" * SMALLEST_BODY, True) for kind in COMPRESSED),
        (Response(b"a" * (SMALLEST_BODY - 1), content_type="text/html"), b"a" * (SMALLEST_BODY - 1), False),
        *((Response(b"a" * 9000, content_type=kind), b"a" * 9000, False) for kind in ("image/png", "application/zip")),
        (Response(encoded, headers={"Content-Encoding": "gzip"}), b"a" * 9000, True),  # not encoded again
        (Response(noise, content_type="text/plain"), noise, False),
    ]
    for response, body, is_encoded in cases:
        sqlite_site.forget()
        sqlite_site.app.view_functions["public.about"] = partial(again, response)
        for _ in range(2):
            answer = get(sqlite_site, "/about", Accept_Encoding="gzip")
            assert answer.headers.getlist("Content-Encoding") == ["gzip"] * is_encoded
            assert DECODE[answer.headers.get("Content-Encoding")](answer.data) == body


def test_head_has_the_headers_of_get_and_no_body(shared_site: Site) -> None:
    for path in ("/", "/static/site.css", "/nowhere", "/asks.csv", "/api/v1/asks"):
        for accept in ("", "gzip"):
            shared_site.forget()
            for _ in ("when nothing is kept", "when the answer is kept"):
                head = get(shared_site, path, Accept_Encoding=accept, method="HEAD")
                answer = get(shared_site, path, Accept_Encoding=accept)
                assert (head.status_code, head.data) == (answer.status_code, b"")
                assert dict(head.headers) == dict(answer.headers)


# --- validators ---


SENT = {
    # What stands before the tag does not matter: what is between the quotes is ours.
    304: ["{tag}", '"x",{tag},"y"', "*", "w/{strong}", f"{RUBBISH}{{tag}}"],
    200: ["{bare}", '"x"', RUBBISH, "{gzip}"],
}


def test_if_none_match_in_all_its_shapes(shared_site: Site) -> None:
    plain = get(shared_site, "/about").headers
    tag, other = plain["ETag"], get(shared_site, "/about", Accept_Encoding="gzip").headers["ETag"]
    for status, template in [(status, template) for status, templates in SENT.items() for template in templates]:
        known = template.format(tag=tag, strong=tag[2:], bare=tag[3:-1], gzip=other)
        for _ in ("when the answer is kept", "when nothing is kept"):
            for method in ("GET", "HEAD"):
                answer = get(shared_site, "/about", If_None_Match=known, method=method)
                assert answer.status_code == status, template
                assert dict(answer.headers).items() <= dict(plain).items()
                assert answer.headers["ETag"] == tag
                assert answer.data == b"" or (status, method) == (200, "GET")
            shared_site.forget()


def test_every_address_and_coding_has_a_tag_and_a_reader_of_another_coding_is_told_too(shared_site: Site) -> None:
    tags = {
        get(shared_site, path, Accept_Encoding=accept, Host=host).headers["ETag"]
        for path in ("/about", "/method", "/?q=a", "/?q=b", "/static/site.css")
        for accept in ("", "gzip")
        for host in ("localhost", "127.0.0.1")
    }
    assert len(tags) == 20
    assert all(tag.startswith('W/"') for tag in tags)
    had = get(shared_site, "/about").headers["ETag"]
    answer = get(shared_site, "/about", Accept_Encoding="gzip, br", If_None_Match=had)
    assert (answer.status_code, answer.headers["ETag"]) == (304, had), "it still accepts it"


def test_other_conditions_and_ranges_get_the_whole_answer(shared_site: Site) -> None:
    for path in ("/static/icon.svg", "/about"):
        full = get(shared_site, path).data
        shared_site.forget()
        for sent in (
            {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, {"If_Match": '"x"'}, {"Range": "bytes=0-9"},
            {"If_Unmodified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        ):  # fmt: skip
            answer = get(shared_site, path, **sent)
            assert (answer.status_code, answer.data) == (200, full), sent
