"""A fake Parliament, legislation.gov.uk and sanctions list: a small server on this machine, with what is invented.

Its answers have the shapes of the real ones. `FakeRecord` is also what `make demo-look` shows to a person.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.official.lists import as_xml

LAW = "http://www.legislation.gov.uk/namespaces/legislation"
METADATA = "http://www.legislation.gov.uk/namespaces/metadata"


@dataclass
class Reply:
    """What the server says at a path; `claims` is a length that the body need not have."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    claims: int | None = None


class FakeRecord:
    """The server. It answers with an ETag, and knows what it was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, int]] = []
        self.agents: set[str] = set()
        record = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                record.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "FakeRecord":
        self.thread.start()
        self.session(40)
        self.say("sanctions", "/UK-Sanctions-List.xml", as_xml(day="06/07/2020"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def addresses(self) -> Mapping[str, str]:
        """The base addresses for the settings, by source."""
        return {source: f"{self.address}/{source}" for source in ("bills", "law", "instruments", "sanctions")}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request: 304 when the asker has it, 404 when there is nothing."""
        reply = self.replies.get(handler.path, Reply(b"Not found", 404))
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        status = 304 if reply.status == 200 and handler.headers.get("If-None-Match") == etag else reply.status
        self.asked.append((handler.path, status))
        self.agents.add(handler.headers.get("User-Agent", ""))
        body = b"" if status == 304 else reply.body
        handler.send_response(status)
        for name, value in {"ETag": etag, **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) if reply.claims is None else reply.claims))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = reply.claims is not None

    def say(self, source: str, path: str, body: bytes | str, **more: Any) -> None:
        self.replies[f"/{source}{path}"] = Reply(body.encode() if isinstance(body, str) else body, **more)

    # --- bills ---

    def session(self, number: int) -> None:
        """Let Parliament sit in this session."""
        path = "/Bills?SortOrder=DateUpdatedDescending&Take=20"
        self.say("bills", path, json.dumps({"items": [{"billId": 1, "includedSessionIds": [number]}]}))

    def bill(self, number: int, stages: list[dict[str, Any]], **about: Any) -> None:
        """A bill with its stages, the last of which is the present one."""
        said = {
            "billId": number,
            "shortTitle": f"Invented Bill {number}",
            "currentHouse": "Commons",
            "lastUpdate": "2026-11-12T09:15:00.1234567",
            "billWithdrawn": None,
            "isDefeated": False,
            "introducedSessionId": 40,
            "includedSessionIds": [40],
            "isAct": False,
            "currentStage": stages[-1] if stages else None,
        }
        self.say("bills", f"/Bills/{number}", json.dumps(said | about))
        listed = {"items": stages, "totalResults": len(stages), "itemsPerPage": 20}
        self.say("bills", f"/Bills/{number}/Stages?Take=100", json.dumps(listed))

    # --- legislation.gov.uk ---

    def law(self, key: str, days: Mapping[str, str], effects: list[str] | None = None, path: str = "") -> None:
        """A law with the days of its metadata, such as {"Made": "2020-07-05"}, and the effects on it."""
        named = {"DateTime": "<ukm:ComingIntoForce>{}</ukm:ComingIntoForce>"}
        dated = "".join(named.get(name, "{}").format(f'<ukm:{name} Date="{day}"/>') for name, day in days.items())
        is_act = key.startswith(("ukpga", "asp"))
        path = path or (f"/{key}/resources/data.xml" if is_act else f"/{key}/made/data.xml")
        self.say("law", path, metadata(key, dated))
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:ukm="{METADATA}"><title>Changes</title>'
        feed += "".join(f"<entry><title>An effect</title>{effect}</entry>" for effect in effects or []) + "</feed>"
        self.say("law", f"/changes/affected/{key}/data.feed?results-count=50&sort=modified", feed)

    # --- statutory instruments ---

    def act(self, name: str, number: str, instruments: list[dict[str, Any]]) -> None:
        """An Act as Parliament lists it, and the instruments under it."""
        acts = {"items": [{"value": {"id": number, "name": name}, "links": []}], "totalResults": 1}
        self.say("instruments", f"/ActOfParliament?Name={quote(name)}", json.dumps(acts))
        listed: dict[str, Any] = {"totalResults": len(instruments), "itemsPerPage": 100}
        for first in range(0, len(instruments) or 1, 100):
            listed["items"] = [{"value": value, "links": []} for value in instruments[first : first + 100]]
            path = f"/StatutoryInstrument?ActOfParliamentId={number}&Skip={first}&Take=100"
            self.say("instruments", path, json.dumps(listed))


def stage(number: int, description: str, house: str, *days: str) -> dict[str, Any]:
    """A stage of a bill with the days of its sittings."""
    sittings = [{"id": number * 10 + n, "billStageId": number, "date": f"{day}T00:00:00"} for n, day in enumerate(days)]
    return {"id": number, "stageId": 99, "sessionId": 40, "description": description, "house": house,
            "stageSittings": sittings, "sortOrder": number}  # fmt: skip


def instrument(number: str, name: str, **more: Any) -> dict[str, Any]:
    """An instrument before Parliament, made and laid in November 2026."""
    value = {"id": number, "name": name, "paperPrefix": "SI", "paperNumber": 1999, "paperYear": "2026",
             "procedure": {"id": "aaaa0002", "name": "Made negative"}, "paperMadeDate": "2026-11-18T00:00:00",
             "commonsLayingDate": "2026-11-20T00:00:00", "lordsLayingDate": "2026-11-19T00:00:00"}  # fmt: skip
    return value | more


def effect(number: str, does: str, provisions: str, day: str = "", by: str = "uksi/2026/1998") -> str:
    """An effect of another law, as the feed has it inside an entry."""
    when = f'Date="{day}" Qualification="wholly in force"' if day else 'Prospective="true"'
    host = "http://www.legislation.gov.uk/id"
    return (
        f'<content type="text/xml"><ukm:Effect EffectId="key-{number}" Type="{escape(does)}" Applied="false"'
        f' AffectedProvisions="{escape(provisions)}" AffectedURI="{host}/ukpga/2018/13" AffectingURI="{host}/{by}"'
        f' Modified="2026-11-20T10:00:00Z"><ukm:AffectingTitle>The Invented Order 2026</ukm:AffectingTitle>'
        f"<ukm:InForceDates><ukm:InForce {when}/></ukm:InForceDates></ukm:Effect></content>"
    )


def metadata(key: str, dated: str = "") -> str:
    """The metadata of a law in CLML, around what says its days."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Legislation xmlns="{LAW}"><ukm:Metadata xmlns:ukm="{METADATA}"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>http://www.legislation.gov.uk/{key}</dc:identifier>'
        f"<dc:title>An invented law</dc:title><ukm:SecondaryMetadata>{dated}</ukm:SecondaryMetadata></ukm:Metadata>"
        f"<Body>The text.</Body></Legislation>"
    )
