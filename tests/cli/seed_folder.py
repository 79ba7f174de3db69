"""A small list of asks: one source, two laws, one ask with its story."""

from collections.abc import Mapping
from pathlib import Path

SOURCES = """\
source_key,title,publisher,published_on,url
the-article,The article,The Paper,2018-03-19,https://paper.example/article
"""
LAWS = """\
law_key,kind,year,number,citation,title,address,introduced_on,enacted_on,becomes
bill/2017-19/9,bill,2017-19,9,Bill 9 (2017-19),Empty Homes Bill,,2018-01-25,2018-05-23,ukpga/2018/13
ukpga/2018/13,ukpga,2018,13,2018 c. 13,Empty Homes Act 2018,,,2018-05-23,
"""
ASKS = """\
ask_slug,title,kind,topic,source_key,quote,quote_place,summary,jurisdictions,review_interval_days
empty-homes,Tax empty homes,policy,Housing,the-article,Homes that stand empty should be taxed.,Paragraph 3,\
Homes that stand empty for a year should be taxed.,England; Wales,90
"""
TESTS = """\
ask_slug,test_key,label
empty-homes,tax-in-law,The tax is law
empty-homes,tax-is-paid,The tax is paid
"""
LINKS = """\
ask_slug,law_key,effect,provisions,extent,in_force_on
empty-homes,ukpga/2018/13,delivers,s. 1,England,2018-06
"""
UPDATES = """\
ask_slug,update_key,kind,happened_on,text,status,reason,corrects,publication,draft_note
empty-homes,2018-03-19,status,2018-03-19,A minister promised the tax.,announced,A minister promised it to the House.,,,
empty-homes,2018-06,status,2018-06,The tax began.,partly_met,The tax is law; nobody has paid it yet.,,,
empty-homes,2019,milestone,2019,A council is said to have sent the first bills.,,,,draft,No source was found.
empty-homes,2020-02-28,review,2020-02-28,We looked again.,,,,published,
"""
EVIDENCE = """\
ask_slug,update_key,position,url,title,publisher,type,is_see_also
empty-homes,2018-03-19,1,https://hansard.example/1,A minister's answer,Hansard,official_record,no
empty-homes,2018-06,1,https://www.legislation.gov.uk/ukpga/2018/13,The Act,The National Archives,official_record,
empty-homes,2018-06,2,https://paper.example/tax,The tax,The Paper,independent,yes
"""
RESULTS = """\
ask_slug,update_key,test_key,result
empty-homes,2018-06,tax-in-law,met
empty-homes,2018-06,tax-is-paid,not_met
"""
DESIGNATIONS = """\
unique_id,regime,kind,listed_on,first_seen,last_seen,removed_on
RUS9001,Russia (Sanctions) (EU Exit) Regulations 2019,person,2022-03-15,2026-11-20,2026-11-21,
"""
TARGETS = """\
ask_slug,target_number,name,kind,state,unique_id,measures
empty-homes,1,Boris Testov,person,listed,RUS9001,Asset freeze
empty-homes,2,Carla Inventova,person,not_listed,,
"""
BODIES = """\
slug,name,short_names
the-council,The Council,TC
home-office,Home Office,
"""
WORDINGS = """\
ask_slug,step,position,changed_at,what,reason,field,before,after
empty-homes,1,1,2019-12-01T10:00:00+00:00,First published,,title,Tax empty homes,Tax empty homes
"""
DISPUTES = """\
ask_slug,since,about,ended_at,outcome
empty-homes,2020-01-07,Whether the tax was promised.,2020-02-07T12:00:00+00:00,It was: the House heard it.
"""
TAKEDOWNS = """\
taken_down_at,reason,places
2020-03-01T09:30:00.000001+00:00,A court forbids it.,2
"""
PUBLISHERS = """\
host,publisher,type
news.example,The News,independent
"""
FILES = {
    "sources": SOURCES,
    "bodies": BODIES,
    "legislation": LAWS,
    "asks": ASKS,
    "tests": TESTS,
    "links": LINKS,
    "updates": UPDATES,
    "evidence": EVIDENCE,
    "results": RESULTS,
    "designations": DESIGNATIONS,
    "targets": TARGETS,
}
# What no list has, but the export of a tracker.
PAST = {"wordings": WORDINGS, "disputes": DISPUTES, "takedowns": TAKEDOWNS, "publishers": PUBLISHERS}


def write_seeds(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """Write the list into a new folder."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def replace_in(path: Path, old: str, new: str) -> int:
    """Replace what stands in a file once; answer the number of its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1
