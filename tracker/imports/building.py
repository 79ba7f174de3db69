"""Records made of the rows of a folder: shape and references are checked, judgements of the past are not."""

from collections import defaultdict
from dataclasses import MISSING, fields, replace
from typing import Any

from tracker.imports.cells import DRAFTS
from tracker.imports.files import Line, Lines
from tracker.imports.folder import COLUMNS, EMPTY, KINDS, REFERENCES, values_of
from tracker.imports.plan import Plan
from tracker.imports.targets import finish_target, read_designations
from tracker.models import (
    Ask,
    AskBody,
    Body,
    Evidence,
    FormerSlug,
    Legislation,
    Link,
    Reply,
    SuccessTest,
    TestResult,
    Update,
)
from tracker.rules import asks, checks, disputes, legislation, updates
from tracker.rules.asks import Publication
from tracker.rules.disputes import DisputeDraft, check_dispute
from tracker.rules.errors import Problem
from tracker.rules.text import is_slug, name_key, own_slug, slugify
from tracker.services.change import Change
from tracker.services.records import values_of as stored
from tracker.services.records import write

Values = dict[str, Any]


class Builder:
    """Makes the records of a folder, numbered in the order of its rows; the plan is told what is wrong with them."""

    def __init__(self, lines: Lines, change: Change, plan: Plan) -> None:
        self.lines, self.change, self.plan = lines, change, plan
        self.ids = {name: {line.key: number for number, line in enumerate(rows, 1)} for name, rows in lines.items()}
        self.rows: dict[str, dict[int, Any]] = {name: {} for name in KINDS}
        self.entries, self.lists = read_designations(lines["designations"], plan, change.at)
        self.redirects: list[FormerSlug] = []
        self.answering: list[AskBody] = []
        self.drafts: dict[int, updates.UpdateDraft] = {}
        self._pieces: dict[int, list[tuple[Evidence, updates.EvidenceDraft]]] = defaultdict(list)
        self._results: dict[int, list[tuple[int, updates.Result]]] = defaultdict(list)
        self._seen: set[tuple[str, object]] = set()
        self._topics: dict[str, str] = {}
        self._bodies: dict[str, Body] = {}

    def build(self) -> None:
        """Make all records, those that are named before those that name them."""
        for line in self.lines["results"]:
            self._result(line)
        for name, finish in (
            ("sources", lambda line, source, draft: asks.check_source(draft)),
            ("legislation", self._finish_law),
            ("bodies", self._finish_body),
            ("asks", self._finish_ask),
            ("tests", self._finish_test),
            ("links", self._finish_link),
            ("evidence", self._finish_evidence),
            ("updates", self._finish_update),
            ("replies", self._finish_reply),
            ("targets", lambda line, row, draft: finish_target(self.entries, line, row, draft, self.change.at)),
        ):
            for line in self.lines[name]:
                row, draft = self._make(line)
                if row:
                    self.plan.refuse_all(line, finish(line, row, draft))
        for line in self.lines["redirects"]:
            self._redirect(line)

    def _finish_law(self, line: Line, law: Legislation, draft: legislation.LegislationDraft) -> list[Problem]:
        tidy = replace(legislation.normalised(draft), key=draft.key)
        law.identity = legislation.identity_of(tidy)
        write(law, stored(tidy))
        if not legislation.KEY.fullmatch(law.key):
            self.plan.refuse(line, "law_key", "Kind, year and number, such as ukpga/2018/13.")
        if law.becomes_id == law.id:
            self.plan.refuse(line, "becomes", "Another law.")
        self._refuse_second(line, "number", law.identity)
        self._refuse_second(line, "address", law.address)
        return legislation.check_legislation(draft)

    def _finish_body(self, line: Line, body: Body, draft: asks.BodyDraft) -> list[Problem]:
        body.name_key = name_key(draft.name)
        if self._bodies.setdefault(body.name_key, body) is not body:
            self.plan.refuse(line, "name", "What no row above has.")
        return asks.check_body(draft)

    def _body_called(self, name: str) -> Body:
        """Return the body with this name, now or first; what bodies.csv does not name is made here."""
        key, rows = name_key(name), self.rows["bodies"]
        if key not in self._bodies:
            slugs = {body.slug: body for body in rows.values()}
            slug = own_slug(name, slugs)
            new = Body(id=len(rows) + 1, version=1, name_key=key, slug=slug, name=name, short_names=[])
            body = self._bodies[key] = slugs.get(key, new)
            rows.setdefault(body.id, body)
        return self._bodies[key]

    def _finish_ask(self, line: Line, ask: Ask, draft: asks.AskDraft) -> list[Problem]:
        dispute = DisputeDraft(ask.disputed_on, ask.disputed_about, ask.is_said_defamatory)
        ask.answer_due_on = dispute.answer_due_on
        if ask.same_as_id == ask.id:
            self.plan.refuse(line, "same_as", "Another ask.")
        bodies = list(dict.fromkeys(map(self._body_called, draft.responsible_bodies)))
        ask.responsible_bodies = [body.name for body in bodies]
        self.answering += [AskBody(ask_id=ask.id, body_id=body.id, position=place) for place, body in enumerate(bodies)]
        topic = self._topics.setdefault(slugify(ask.topic), ask.topic)
        if topic != ask.topic:
            self.plan.refuse(line, "topic", f"As other asks write it: {topic}.")
        return asks.check_ask(draft) + (check_dispute(dispute, self.change.today) if dispute != DisputeDraft() else [])

    def _finish_test(self, line: Line, test: SuccessTest, draft: asks.TestDraft) -> list[Problem]:
        test.result = test.result or draft.before
        return asks.check_test(draft)

    def _finish_link(self, line: Line, link: Link, draft: legislation.LinkDraft) -> list[Problem]:
        link.extent_key = ", ".join(link.extent)
        link.legislation = self.rows["legislation"].get(link.legislation_id)  # type: ignore[assignment]
        self._refuse_second(line, "provisions", (link.ask_id, link.legislation_id, link.provisions, link.extent_key))
        return legislation.check_link(draft)

    def _finish_evidence(self, line: Line, evidence: Evidence, draft: updates.EvidenceDraft) -> list[Problem]:
        place = evidence.position or 0
        if not 1 <= place <= updates.MOST_EVIDENCE:
            self.plan.refuse(line, "position", f"The place of the evidence, from 1 to {updates.MOST_EVIDENCE}.")
        evidence.position = place - 1
        self._pieces[evidence.update_id].append((evidence, draft))
        return updates.check_evidence(draft, "")

    def _finish_update(self, line: Line, update: Update, draft: updates.UpdateDraft) -> list[Problem]:
        is_published = update.publication is Publication.PUBLISHED
        for column in ("recorded_at", "published_at", "submitted_at"):
            if (moment := getattr(update, column)) and moment > self.change.at:
                self.plan.refuse(line, column, "A moment in the past.")
        update.published_at = (update.published_at or update.recorded_at) if is_published else None
        pieces = sorted(self._pieces[update.id], key=lambda piece: piece[0].position)
        results = tuple(sorted(self._results[update.id]))
        update.evidence = [evidence for evidence, _ in pieces]
        update.results = [TestResult(test_id=test_id, result=result) for test_id, result in results]
        self.drafts[update.id] = replace(draft, evidence=tuple(piece for _, piece in pieces), results=results)
        problems = updates.check_draft(draft) + checks.slug(update.key, "update_key")
        if update.corrects_id and update.corrects_id < update.id:
            update.corrects = self.rows["updates"].get(update.corrects_id)
        elif update.corrects_id:
            problems.append(Problem("An entry of the ask that stands in a row above.", "corrects"))
        if not is_published:
            return problems
        if draft.kind is updates.UpdateKind.STATUS and not draft.status:
            problems.append(Problem("The new status.", "status"))
        if draft.status and not draft.reason:
            problems.append(Problem("The reason in one or two sentences.", "reason"))
        return problems + checks.not_future(draft.happened_on, self.change.today, "happened_on")

    def _finish_reply(self, line: Line, reply: Reply, draft: disputes.ReplyDraft) -> list[Problem]:
        reply.id = values_of(line, ["reply_key"], self.plan)["reply_key"]
        self._refuse_second(line, "reply_key", reply.id)
        # A public export leaves out when the answer was due.
        reply.due_on = draft.due_on or disputes.one_month_after(draft.asked_on.last_day)
        return disputes.check_reply(replace(draft, due_on=reply.due_on), self.change.today)

    def _result(self, line: Line) -> None:
        values = values_of(line, ["result", "test_label"], self.plan)
        if (line.key[0], line.key[2]) not in self.ids["tests"] and values["test_label"]:
            self._add_archived_test(line, values)
        names = self.find_all(line)
        if not line.cells.get("result"):
            self.plan.refuse(line, "result", "The new result.")
        if all(names.values()) and values["result"]:
            self._results[names["update_id"]].append((names["test_id"], values["result"]))

    def _add_archived_test(self, line: Line, values: Values) -> None:
        """Enter a test that is no longer used: a public export names it only beside its results."""
        ask_id, draft = self.ids["asks"].get(line.key[:1]), asks.TestDraft(line.key[2], values["test_label"])
        self.plan.refuse_all(line, asks.check_test(draft))
        number = self.ids["tests"][line.key[0], line.key[2]] = len(self.ids["tests"]) + 1
        kept = {"ask_id": ask_id, "is_archived": True, "result": values["result"]}
        self.rows["tests"][number] = SuccessTest(id=number, version=1, **kept, **stored(draft))

    def _redirect(self, line: Line) -> None:
        slug, names = line.key[0], self.find_all(line)
        if not is_slug(slug) or (slug,) in self.ids["asks"]:
            self.plan.refuse(line, "former_slug", "A former address of an ask, which no ask has now.")
        self.redirects.append(FormerSlug(slug=slug, **names))

    def _make(self, line: Line) -> tuple[Any, Any]:
        """Return the record of a row, which is kept, and its draft; None for both where something is missing."""
        name = line.table.name
        (model, more), kind = KINDS[name], DRAFTS[name]
        known = {of.name: of for of in fields(kind)}
        given = {"key": line.key[-1], "slug": line.key[0]} | self.find_all(line)
        own = [column for column in known if column in COLUMNS[name] and column not in given]
        found = values_of(line, [*own, *more.split()], self.plan)
        values = {column: found[column] for column in own if found[column] is not None}
        values |= {column: value for column, value in given.items() if column in known}
        missing = [column for column, of in known.items() if of.default is MISSING and column not in values]
        for column in (column for column in missing if not line.cells.get(column)):
            self.plan.refuse_unread(line, column, f"{COLUMNS[name][column].asks_for}; it is never empty.")
        if missing:
            return None, None
        draft = kind(**values)
        values = given | stored(draft) | {column: found[column] for column in more.split()}
        empty = EMPTY | {"recorded_at": self.change.at}
        values = {column: empty.get(column) if value is None else value for column, value in values.items()}
        row = model(**{column: value for column, value in values.items() if column in model.__table__.columns})
        row.id = self.ids[name][line.key]
        self.rows[name][row.id] = row
        return row, draft

    def find_all(self, line: Line) -> dict[str, Any]:
        """Return the numbers of the rows that a row names; a name that no row has is refused."""
        names: dict[str, Any] = {}
        for column, (table, *columns) in REFERENCES.get(line.table.name, {}).items():
            key = tuple(line.cells.get(part, "") for part in columns)
            names[column] = self.ids[table].get(key)
            if names[column] is None and (key[-1] or COLUMNS[line.table.name][columns[-1]].is_always):
                self.plan.refuse(line, columns[-1], f"What a row of {table}.csv has.")
        return names

    def _refuse_second(self, line: Line, column: str, value: object) -> None:
        """Refuse what a row above has already and no two may have."""
        if value and (column, value) in self._seen:
            self.plan.refuse(line, column, "What no row above has.")
        self._seen.add((column, value))
