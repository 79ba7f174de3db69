"""Many asks at once: what a change makes of an ask, and how much an editor may do in an hour."""

from tracker.rules.bulk import MOST_AN_HOUR, MOST_AT_ONCE, ManyDraft, What, check_hour, check_number, check_reason
from tracker.rules.people import Role

NOW = ("Home Office", "The Treasury")


def test_bodies_are_added_taken_out_or_replaced_and_a_topic_takes_the_place_of_the_one_before() -> None:
    for what, given, after in (
        (What.ADD_BODIES, ("home office", "Cabinet Office"), (*NOW, "Cabinet Office")),
        (What.REMOVE_BODIES, ("HOME OFFICE",), ("The Treasury",)),
        (What.REMOVE_BODIES, ("Cabinet Office",), NOW),
        (What.ADD_BODIES, ("МИД", "МВД"), (*NOW, "МИД", "МВД")),
        (What.REMOVE_BODIES, NOW, ()),
        (What.BODIES, ("Cabinet Office",), ("Cabinet Office",)),
    ):
        draft = ManyDraft(what, given)
        assert (draft.field, draft.value_after(NOW)) == ("responsible_bodies", after)
    draft = ManyDraft(What.TOPIC, "Tax")
    assert (draft.field, draft.value_after("Housing")) == ("topic", "Tax")


def test_an_editor_changes_so_many_an_hour_and_at_once_and_says_why() -> None:
    assert check_hour(Role.EDITOR, MOST_AN_HOUR - 2, 2) == check_hour(Role.ADMIN, MOST_AN_HOUR * 9, 50) == []
    assert check_hour(Role.EDITOR, MOST_AN_HOUR - 2, 3)
    numbers = (0, 1, MOST_AT_ONCE, MOST_AT_ONCE + 1)
    assert [bool(check_number(number)) for number in numbers] == [True, False, False, True]
    assert check_reason(ManyDraft(What.REVIEW)) == []
    assert check_reason(ManyDraft(What.TOPIC, "Tax", reason="One name for it.")) == []
    assert [problem.field for problem in check_reason(ManyDraft(What.TOPIC, "Tax"))] == ["reason"]
