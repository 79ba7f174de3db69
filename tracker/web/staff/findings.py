"""The official record: a finding is told, filled in or dismissed, and targets are compared with the sanctions list."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.models import Ask, Finding, Target
from tracker.queries import staff
from tracker.queries.findings import NewFinding, find_finding
from tracker.rules.asks import AskDraft
from tracker.rules.dates import PartialDate
from tracker.rules.official import PROPOSALS, FindingState, Sight, TargetsDraft
from tracker.rules.people import Action
from tracker.rules.updates import EvidenceType, UpdateKind
from tracker.services import asks, drafts, findings, records, targets, updates
from tracker.services.change import Change
from tracker.web.auth import me, requires
from tracker.web.forms.base import ConfirmForm, attempt
from tracker.web.forms.stories import DismissForm, TellForm
from tracker.web.forms.targets import CompareForm, EraseTargetForm, TargetsForm
from tracker.web.forms.updates import CHANGED
from tracker.web.session import db
from tracker.web.staff.answers import (
    Page,
    answer_edit,
    answer_form,
    ask_page,
    done,
    form_page,
    found,
    load,
    require_publisher,
    saved,
)

bp = Blueprint("findings", __name__, url_prefix="/staff/findings")
of_ask = Blueprint("targets", __name__, url_prefix="/staff")
KEPT = {
    "publish": "Published in the story of {asks}.",
    "submit": "Sent for approval for {asks}. The public does not see it before an editor approves it.",
    "draft": "Kept as a draft for {asks}. The public does not see it.",
}
INTRO = (
    "For a source that asks for sanctions on named people, bodies or ships. Nothing of this is public until you have "
    "compared a name with the UK Sanctions List. Entries that may fit come with the next look at the list."
)
COMPARE = Markup(
    'Read the entry on <a href="https://www.gov.uk/government/publications/the-uk-sanctions-list" rel="external">'
    "the list itself</a> first: different people often have similar names. The tracker then follows that entry."
)
NONE_FITS = " The list that we read last has no entry with two of its words."
ERASE = (
    "The name and the words of the source go from the tracker permanently; backups keep them as long as you keep "
    "backups. The log never had them."
)


@bp.route("/<id:finding_id>/tell", methods=["GET", "POST"])
@requires(Action.DRAFT)
def tell(finding_id: int) -> Page | Response:
    row, button = found(find_finding(db(), finding_id)), request.form.get("do", "")
    if request.method == "GET" and row.finding.state is not FindingState.NEW:
        return done(f"This was {row.finding.state.value} already.", _desk())
    if request.method == "GET" and len(row.asks) == 1:
        address = url_for("updates.new", ask_id=row.asks[0].id, kind=UpdateKind.MILESTONE.value, finding=finding_id)
        return redirect(address, 303)
    form = TellForm(asks=[str(ask.id) for ask in row.asks], is_next_step=_is_free_step(row), **proposed(row))
    form.offer(row.asks, may_set_step=_is_to_come(row.finding) and me().may(Action.EDIT))
    form.look_up()
    answer = None
    if button in KEPT:
        answer = attempt(form, lambda: saved(lambda change: _tell(change, form, finding_id, button)))
    return answer or form_page(
        form, f"Tell it: {row.finding.says}", _desk(), template="staff/findings/tell.html", row=row, proposals=PROPOSALS
    )


def _tell(change: Change, form: TellForm, finding_id: int, button: str) -> tuple[str, str]:
    """Write the entry for each chosen ask, and do with it what the button says."""
    if button == "publish":
        require_publisher()
    finding = change.session.get_one(Finding, finding_id)
    asked = [change.session.get_one(Ask, number) for number in form.chosen]
    written = [(ask, drafts.save(change, ask, form.draft())) for ask in asked]
    for _, update in written:  # before the first one is published, by which the finding is told
        findings.note_telling(change, finding_id, update)
    send = {"publish": updates.publish, "submit": updates.submit}.get(button)
    for ask, update in written:
        if send:
            send(change, ask, update)
        if button == "publish" and form.sets_step:
            draft = replace(records.draft_of(AskDraft, ask), **_step_of(finding))
            asks.edit_ask(change, ask, draft, seen_version=None)
    number = len(written)
    return KEPT[button].format(asks="1 ask" if number == 1 else f"{number} asks"), _desk()


@bp.route("/<id:finding_id>/dismiss", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def dismiss(finding_id: int) -> Page | Response:
    says = load(Finding, finding_id).says

    def make(obj: Finding, **data: Any) -> DismissForm:
        return DismissForm(version=obj.version, **data)

    def save(change: Change, finding: Finding, form: DismissForm) -> None:
        findings.dismiss(change, finding, form.in_words, form.seen_version)

    said, words = "Put down as not relevant. It comes back only if the record changes.", {"submit": "Not relevant"}
    return answer_edit(Finding, finding_id, make, save, said, "Not relevant?", _desk(), intro=says, **words)


@bp.post("/<id:finding_id>/fill")
@requires(Action.EDIT)
def fill(finding_id: int) -> Page | Response:
    says = load(Finding, finding_id).says

    def save(change: Change, finding: Finding, form: ConfirmForm) -> None:
        findings.fill(change, finding, form.seen_version)

    said, words = f"Filled in: {says}.", {"submit": "Fill in the date", "intro": says}
    return answer_edit(Finding, finding_id, ConfirmForm, save, said, "Fill in the date", _desk(), **words)


@of_ask.route("/asks/<id:ask_id>/targets/new", methods=["GET", "POST"])
@requires(Action.EDIT)
def new(ask_id: int) -> Page | Response:
    heading = f"Add names to “{load(Ask, ask_id).title}”"

    def save(change: Change, form: TargetsForm) -> None:
        targets.add_targets(change, change.session.get_one(Ask, ask_id), TargetsDraft(**form.values()))

    said, back = "Added. Nobody has compared them with the list yet.", ask_page(ask_id, "targets")
    return answer_form(TargetsForm, save, said, heading, back, submit="Add the names", intro=INTRO)


@of_ask.route("/targets/<id:target_id>/compare", methods=["GET", "POST"])
@requires(Action.EDIT)
def compare(target_id: int) -> Page | Response:
    def make(**data: Any) -> CompareForm:
        return CompareForm(load(Target, target_id), **data)

    def save(change: Change) -> tuple[str, str]:
        row = found(staff.find(change.session, Target, target_id))
        targets.decide(change, row, form.draft(), form.seen_version)
        if later := staff.find_next_target(change.session, row):
            return "Kept. This is the next name.", url_for(".compare", target_id=later)
        return "Kept. All are compared.", back

    form, target = make(), load(Target, target_id)
    back = ask_page(target.ask_id, "targets")
    heading = f"Is {target.asked_as or f'target {target.position} (erased)'} on the list?"
    intro = COMPARE + ("" if any("name" in it for it in target.candidates) else NONE_FITS)
    answer = attempt(form, lambda: saved(save), lambda: make(formdata=None))
    return answer or form_page(form, heading, back, intro=intro)


@of_ask.route("/targets/<id:target_id>/erase", methods=["GET", "POST"])
@requires(Action.EDIT)
def erase(target_id: int) -> Page | Response:
    target = load(Target, target_id)

    def save(change: Change, row: Target, form: EraseTargetForm) -> None:
        reason, is_counted = form.reason.data or "", form.is_counted.data
        targets.erase(change, row, form.seen_version, reason, is_counted=is_counted)

    heading, back = f"Erase the name of target {target.position}", ask_page(target.ask_id, "targets")
    return answer_edit(
        Target, target_id, EraseTargetForm, save, "Erased.", heading, back, submit="Erase it", intro=ERASE
    )


def proposed(row: NewFinding) -> dict[str, Any]:
    """Return what the record gives for an entry: its day, its words, and its page, which a person has yet to open."""
    finding, day = row.finding, PartialDate(today().isoformat())
    step = {"next_step_is": CHANGED} | _step_of(finding) if _is_free_step(row) else {}
    page = {
        "url": finding.address,
        "title": finding.page_title,
        "type": EvidenceType.OFFICIAL_RECORD.value,
    }
    is_gone = finding.kind in tuple(Sight)  # then that page shows nothing
    return step | {
        "happened_on": min(finding.happened_on or day, day),
        "text": finding.tells,
        "evidence": [] if is_gone else [page],
    }


def _is_to_come(finding: Finding) -> bool:
    return finding.happened_on is not None and finding.happened_on.first_day > today()


def _is_free_step(row: NewFinding) -> bool:
    """True for what is to come, if none of the asks has another next step that it would replace."""
    return _is_to_come(row.finding) and not any(ask.next_step or ask.next_step_on for ask in row.asks)


def _step_of(finding: Finding) -> dict[str, Any]:
    """Return what is to come, and its day."""
    return {"next_step": finding.says.partition(", set down for ")[0], "next_step_on": finding.happened_on}


def _desk() -> str:
    return url_for("staff.desk", _anchor="record")
