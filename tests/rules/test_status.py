"""The thirteen statuses and their five families."""

from tracker.rules.status import STATUSES_OF, Family, Status

# As the method page promises them: to add or move one is a decision, not an accident.
FAMILIES = {
    "not_started": ("Not started", "open"),
    "announced": ("Announced", "open"),
    "in_parliament": ("In Parliament", "open"),
    "law_not_in_force": ("Law passed, not in force", "open"),
    "in_force": ("In force, ask not yet met", "open"),
    "partly_met": ("Partly met", "partly_met"),
    "met": ("Met", "met"),
    "rejected": ("Rejected", "ended"),
    "lapsed": ("Lapsed", "ended"),
    "reversed": ("Reversed", "ended"),
    "overtaken": ("Overtaken", "ended"),
    "superseded": ("Superseded", "not_counted"),
    "cannot_be_judged": ("Cannot be judged", "not_counted"),
}


def test_there_are_thirteen_statuses_with_these_labels_and_families() -> None:
    assert {status.value: (status.label, status.family.value) for status in Status} == FAMILIES
    assert sorted(status for family in Family for status in STATUSES_OF[family]) == sorted(Status)
    labels = [family.label for family in Family]
    assert labels == ["Met", "Partly met", "Open", "Ended without it", "Not counted"]


def test_every_status_says_in_words_of_its_own_what_it_means_does_not_mean_and_takes() -> None:
    for status in Status:
        for sentence in (status.means, status.does_not_mean, status.takes):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
        assert status.does_not_mean.startswith("It does not mean")
    assert len({status.means for status in Status}) == len(Status)
