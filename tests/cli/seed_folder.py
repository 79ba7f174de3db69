"""A small folder of seeds: one source, two laws, one ask with its story."""

from pathlib import Path

SOURCES = """\
[[sources]]
key = "the-article"
title = "The article"
publisher = "The Paper"
published_on = "2018-03-19"
url = "https://paper.example/article"
"""
LAWS = """\
key,kind,year,number,citation,title,address,introduced_on,enacted_on,lapsed_on,becomes,publication,note,internal_note
bill/2017-19/9,bill,2017-19,9,Bill 9 (2017-19),Empty Homes Bill,,2018-01-25,2018-05-23,,ukpga/2018/13,published,,
ukpga/2018/13,ukpga,2018,13,2018 c. 13,Empty Homes Act 2018,,,2018-05-23,,,published,,
"""
ASK = """\
title = "Tax empty homes"
kind = "policy"
topic = "Housing"
source = "the-article"
quote = "Homes that stand empty should be taxed."
quote_place = "Paragraph 3"
summary = "Homes that stand empty for a year should be taxed."
jurisdictions = ["England", "Wales"]
review_interval_days = 90

[[tests]]
key = "tax-in-law"
label = "The tax is law"

[[tests]]
key = "tax-is-paid"
label = "The tax is paid"

[[links]]
legislation = "ukpga/2018/13"
provisions = "s. 1"
extent = ["England"]
in_force_on = "2018-06"
effect = "delivers"
publication = "published"

[[updates]]
key = "2018-03-19"
kind = "status"
happened_on = "2018-03-19"
text = "A minister promised the tax."
status = "announced"
reason = "A minister promised it to the House."
publication = "published"

[[updates.evidence]]
url = "https://hansard.example/1"
title = "A minister's answer"
publisher = "Hansard"
type = "official_record"

[[updates]]
key = "2018-06"
kind = "status"
happened_on = "2018-06"
text = "The tax began."
status = "partly_met"
reason = "The tax is law; nobody has paid it yet."
results = { tax-in-law = "met", tax-is-paid = "not_met" }
publication = "published"

[[updates.evidence]]
url = "https://www.legislation.gov.uk/ukpga/2018/13"
title = "Empty Homes Act 2018"
publisher = "The National Archives"
type = "official_record"

[[updates]]
key = "2019"
kind = "milestone"
happened_on = "2019"
text = "A council is said to have sent the first bills."
publication = "draft"
draft_note = "No source was found."

[[updates]]
key = "2020-02-28"
kind = "review"
happened_on = "2020-02-28"
text = "We searched the record and found nothing new."
publication = "published"
"""
FILES = {"sources.toml": SOURCES, "legislation.csv": LAWS, "asks/empty-homes.toml": ASK}


def write_seeds(folder: Path) -> Path:
    """Write the seeds into a new folder."""
    (folder / "asks").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def replace_in(path: Path, old: str, new: str) -> int:
    """Replace what stands in a file once; answer the number of its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1
