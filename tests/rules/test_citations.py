"""How law is cited and where it stands on legislation.gov.uk."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.citations import SHAPES, LawRef, parse_address, parse_citation

NUMBERS = st.integers(1, 99_999).map(str)
YEARS = st.integers(1800, 2099).map(str)


def series(*names: str) -> st.SearchStrategy[str]:
    """One number for each name, such as "W. 5; C. 1"."""
    each = [st.builds("{}. {}".format, st.just(name), NUMBERS) for name in names]
    return st.tuples(*each).map("; ".join)


ADDRESSED = [*sorted({*SHAPES} - {"bill"}), "ukla", "ukcm", "apni", "ukdsi", "eudn", "eudr"]
OF_UK = st.just("") | series("C") | series("L") | series("S") | series("C", "L")
SERIES = {
    "uksi": OF_UK,
    "wsi": series("W") | series("Cy") | series("W", "C") | series("C", "W"),
    "nisi": series("N.I") | series("N.I", "C"),
}


@st.composite
def cited_laws(draw: st.DrawFn) -> LawRef:
    kind = draw(st.sampled_from(sorted({*SHAPES} - {"aep", "apgb"})))
    return LawRef(kind, draw(YEARS), draw(NUMBERS), draw(SERIES.get(kind, st.just(""))))


@given(cited_laws())
def test_a_citation_is_read_as_the_law_that_it_cites(ref: LawRef) -> None:
    assert parse_citation(ref.citation) == ref
    assert parse_citation(f"See the {ref.citation}, as amended.") == ref


@given(st.sampled_from(ADDRESSED), YEARS, NUMBERS)
def test_an_address_is_read_as_the_law_to_which_it_leads(kind: str, year: str, number: str) -> None:
    ref = LawRef(kind, year, number)
    assert parse_address(ref.address) == ref
    assert ref.address == f"https://www.legislation.gov.uk/{kind}/{year}/{number}"


@given(st.text() | st.from_regex(r"\A(?:https?://(?:www\.)?legislation\.gov\.uk)?[/a-z0-9?#%]{0,40}\Z"))
def test_no_text_makes_reading_fail(text: str) -> None:
    for ref in (parse_address(text), parse_citation(text)):
        assert ref is None or ref.identity


CITED = [
    ("2018 CHAPTER 13", "ukpga/2018/13", "2018 c. 13"),
    ("Criminal Finances Act 2017 (c. 22)", "ukpga/2017/22", "2017 c. 22"),
    ("2011 c. 23 (NI)", "nia/2011/23", "2011 c. 23 (N.I.)"),
    ("SI 2020/680", "uksi/2020/680", "S.I. 2020/680"),
    ("2020 No. 680", "uksi/2020/680", "S.I. 2020/680"),
    ("S.I. 2020/0680", "uksi/2020/680", "S.I. 2020/680"),
    ("SI 2018 No. 78 (C.11)(L 3)", "uksi/2018/78", "S.I. 2018/78 (C. 11) (L. 3)"),
    ("S.I. 2018/78 (C. 3) (W. 5)", "wsi/2018/78", "S.I. 2018/78 (C. 3) (W. 5)"),
    ("S.I. 2005/255 (NI 1)", "nisi/2005/255", "S.I. 2005/255 (N.I. 1)"),
    ("Regulation (EU) No 269/2014", "eur/2014/269", "Regulation (EU) No 269/2014"),
    ("Council Regulation (EU) 2020/1998", "eur/2020/1998", "Regulation (EU) 2020/1998"),
    ("Bill 157 of 2017–19", "bill/2017-19/157", "Bill 157 (2017-19)"),
    ("HL Bill 69 (2017-19)", "bill/2017-19/HL69", "HL Bill 69 (2017-19)"),
    ("24 and 25 Vict. c.100", "ukpga/Vict/24-25/100", "24 & 25 Vict. c. 100"),
    ("7 Edw. 7, ch. 51", "ukpga/Edw7/7/51", "7 Edw. 7 c. 51"),
    ("Decision (CFSP) 2020/1999", "eudn/2020/1999", ""),
    ("Directive (EU) 2015/849", "eudr/2015/849", ""),
]
NO_CITATION = [
    "", "Criminal Finances Act 2017", "chapter 13", "c. 13", "12018 c. 13", "20188 c. 13", "S.I. 2020", "S.I. /680",
    "S.I. 2020/", "S.I. 2020/123456", "S.I. 20/680", "Bill 157", "Bill (2017-19)", "HC 932", "Regulation 2020/1998",
    "Regulation (EU) No 269/20145", "２０１８ c. 13", "page 2018, 13", "1763 c. 3",
]  # fmt: skip
ADDRESSES = [
    ("http://legislation.gov.uk/ukpga/2018/13/contents/enacted", "ukpga/2018/13"),
    ("https://WWW.Legislation.GOV.UK/ukpga/2018/13", "ukpga/2018/13"),
    ("  https://www.legislation.gov.uk/uksi/2020/680/regulation/5/made?view=plain#a ", "uksi/2020/680"),
    ("https://www.legislation.gov.uk/ukpga/2018/0013", "ukpga/2018/13"),
    ("https://www.legislation.gov.uk//ukpga//2018//13/", "ukpga/2018/13"),
    ("https://www.legislation.gov.uk/ukpga/Geo6/10-11/30", "ukpga/Geo6/10-11/30"),
    ("http://data.europa.eu/eli/reg/2014/269", "eur/2014/269"),
    ("http://data.europa.eu/eli/reg_impl/2014/269/oj", "eur/2014/269"),
    ("http://data.europa.eu/eli/dec/2020/1999/oj", "eudn/2020/1999"),
]
NO_ADDRESS = [
    "", "https://www.legislation.gov.uk/", "https://www.legislation.gov.uk/ukpga/2018",
    "https://www.legislation.gov.uk/ukpga/2018/section", "https://www.legislation.gov.uk/nonsense/2018/13",
    "https://www.legislation.gov.uk.evil.example/ukpga/2018/13", "https://evil.example/ukpga/2018/13",
    "https://evil.example/https://www.legislation.gov.uk/ukpga/2018/13", "ukpga/2018/13",
    "javascript:https://www.legislation.gov.uk/ukpga/2018/13", "https://www.legislation.gov.uk/ukpga/2018/1 3",
    "http://data.europa.eu/eli/treaty/2014/269", "https://www.legislation.gov.uk/ukpga/2018/12345678901234",
]  # fmt: skip


def test_a_law_is_read_from_citations_in_any_form_and_from_addresses_of_its_parts_and_from_no_other_text() -> None:
    for text, key, citation in CITED:
        ref = parse_citation(text)
        assert (ref and ref.key, ref and ref.citation) == (key, citation), text
    for address, key in ADDRESSES:
        ref = parse_address(address)
        assert (ref and ref.key) == key, address
    assert [text for text in NO_CITATION if parse_citation(text)] == []
    assert [text for text in NO_ADDRESS if parse_address(text)] == []


def test_regnal_years_are_cited_as_they_are_printed() -> None:
    for key, citation in (
        ("ukpga/Edw8and1Geo6/1/5", "1 Edw. 8 & 1 Geo. 6 c. 5"),
        ("aep/WillandMarSess2/1/2", "1 Will. & Mar. Sess. 2 c. 2"),
        ("apgb/Geo3/39-40/67", "39 & 40 Geo. 3 c. 67"),
    ):
        ref = parse_address(f"https://www.legislation.gov.uk/{key}")
        assert ref
        assert (ref.key, ref.citation) == (key, citation)


def test_orders_of_one_run_of_numbers_are_one_law_however_they_are_named() -> None:
    of_the_run = [("wsi", "2018"), ("nisi", "2018"), ("uksi", "2018")]
    others = [("ssi", "2018"), ("nisr", "2018"), ("ukpga", "2018"), ("uksi", "2019")]
    order = LawRef("uksi", "2018", "78")
    same = [it for it in of_the_run + others if LawRef(*it, "78", "C. 11").identity == order.identity]
    assert same == of_the_run
