"""Which form of a kept answer a reader gets: codings, validators, HEAD."""

import gzip
from collections.abc import Callable
from functools import partial
from random import Random

from flask import Response
from werkzeug.test import TestResponse

from tests.site import Site
from tracker.web.cache_store import SMALLEST_BODY

DECODE: dict[str | None, Callable[[bytes], bytes]] = {None: bytes, "gzip": gzip.decompress}
RUBBISH = "\"',;=q \\\t*é" * 1000

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
        answer = get(shared_site, "/method", accept=header)
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
            answer = get(sqlite_site, "/about", accept="gzip")
            assert answer.headers.getlist("Content-Encoding") == ["gzip"] * is_encoded
            assert DECODE[answer.headers.get("Content-Encoding")](answer.data) == body


def test_head_has_the_headers_of_get_and_no_body(shared_site: Site) -> None:
    for path in ("/", "/static/site.css", "/nowhere", "/asks.csv", "/api/v1/asks"):
        for accept in ("", "gzip"):
            shared_site.forget()
            for _ in ("when nothing is kept", "when the answer is kept"):
                head = get(shared_site, path, accept=accept, method="HEAD")
                answer = get(shared_site, path, accept=accept)
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
    tag, other = plain["ETag"], get(shared_site, "/about", accept="gzip").headers["ETag"]
    for status, template in [(status, template) for status, templates in SENT.items() for template in templates]:
        known = template.format(tag=tag, strong=tag[2:], bare=tag[3:-1], gzip=other)
        for _ in ("when the answer is kept", "when nothing is kept"):
            for method in ("GET", "HEAD"):
                answer = get(shared_site, "/about", known=known, method=method)
                assert answer.status_code == status, template
                assert dict(answer.headers).items() <= dict(plain).items()
                assert answer.headers["ETag"] == tag
                assert answer.data == b"" or (status, method) == (200, "GET")
            shared_site.forget()


def test_every_address_and_coding_has_a_tag_and_a_reader_of_another_coding_is_told_too(shared_site: Site) -> None:
    tags = {
        get(shared_site, path, accept=accept, host=host).headers["ETag"]
        for path in ("/about", "/method", "/?q=a", "/?q=b", "/static/site.css")
        for accept in ("", "gzip")
        for host in ("localhost", "127.0.0.1")
    }
    assert len(tags) == 20
    assert all(tag.startswith('W/"') for tag in tags)
    had = get(shared_site, "/about").headers["ETag"]
    answer = get(shared_site, "/about", accept="gzip, br", known=had)
    assert (answer.status_code, answer.headers["ETag"]) == (304, had), "it still accepts it"


def test_other_conditions_and_ranges_get_the_whole_answer(shared_site: Site) -> None:
    for path in ("/static/icon.svg", "/about"):
        full = get(shared_site, path).data
        shared_site.forget()
        for name, value in (
            ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),
            ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("If-Match", '"x"'),
            ("Range", "bytes=0-9"),
        ):
            answer = shared_site.browser().send("GET", path, headers={name: value})
            assert (answer.status_code, answer.data) == (200, full), name


# --- how the tests ask ---


def get(
    site: Site, path: str, *, accept: str = "", known: str = "", method: str = "GET", host: str = "localhost"
) -> TestResponse:
    headers = {"Accept-Encoding": accept, "Host": host} | ({"If-None-Match": known} if known else {})
    answer = site.browser().send(method, path, headers=headers)
    assert answer.headers.get("Content-Length", str(len(answer.data))) == str(len(answer.data)) or method == "HEAD"
    return answer
