"""How law is cited and where it stands on legislation.gov.uk, so that one law is entered once.

The address scheme and the type codes are those of legislation.gov.uk (its developer pages, "URIs").
UK, Welsh and Northern Ireland orders in council share one run of S.I. numbers, so an S.I. is told
apart by year and number alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

HOST = re.compile(r"https?://(?:www\.)?legislation\.gov\.uk\.?/", re.IGNORECASE)
ELI = re.compile(r"https?://data\.europa\.eu/eli/(reg|dec|dir)(?:_impl)?/(\d{4})/(\d+)(?:/|$)", re.IGNORECASE)
ELI_KINDS = {"reg": "eur", "dec": "eudn", "dir": "eudr"}
CALENDAR_YEAR = re.compile(r"\d{4}", re.ASCII)
NUMBER = re.compile(r"(?:c|l|s|ni|w)?\d{1,13}", re.ASCII | re.IGNORECASE)

# The kinds of law that legislation.gov.uk has, by its type code.
KINDS: Mapping[str, str] = {
    "ukpga": "Act of the UK Parliament",
    "ukla": "UK local Act",
    "ukppa": "UK private or personal Act",
    "asp": "Act of the Scottish Parliament",
    "asc": "Act of Senedd Cymru",
    "anaw": "Act of the National Assembly for Wales",
    "mwa": "Measure of the National Assembly for Wales",
    "nia": "Act of the Northern Ireland Assembly",
    "apni": "Act of the Northern Ireland Parliament",
    "mnia": "Measure of the Northern Ireland Assembly",
    "ukcm": "Church Measure",
    "aosp": "Act of the old Scottish Parliament",
    "aep": "Act of the English Parliament",
    "aip": "Act of the old Irish Parliament",
    "apgb": "Act of the Parliament of Great Britain",
    "gbla": "Local Act of the Parliament of Great Britain",
    "gbppa": "Private or personal Act of the Parliament of Great Britain",
    "uksi": "UK statutory instrument",
    "ssi": "Scottish statutory instrument",
    "wsi": "Welsh statutory instrument",
    "nisi": "Northern Ireland order in council",
    "nisr": "Northern Ireland statutory rule",
    "nisro": "Northern Ireland statutory rule or order",
    "uksro": "UK statutory rule or order",
    "ukci": "Church instrument",
    "ukmo": "UK ministerial order",
    "ukmd": "UK ministerial direction",
    "ukdsi": "Draft UK statutory instrument",
    "sdsi": "Draft Scottish statutory instrument",
    "wdsi": "Draft Welsh statutory instrument",
    "nidsr": "Draft Northern Ireland statutory rule",
    "nidsi": "Draft Northern Ireland order in council",
    "eur": "EU regulation",
    "eudn": "EU decision",
    "eudr": "EU directive",
    "eut": "EU treaty",
}
SHARED_RUN = {"wsi": "uksi", "nisi": "uksi"}


@dataclass(frozen=True)
class LawRef:
    """One law: its type code, year and number; `series` holds further numbers such as "C. 11; L. 3"."""

    kind: str
    year: str
    number: str
    series: str = ""

    @property
    def key(self) -> str:
        """Return the path of its page, such as "ukpga/2018/13"."""
        return f"{self.kind}/{self.year}/{self.number}"

    @property
    def identity(self) -> str:
        """Return the same for every way to name the same law."""
        return f"{SHARED_RUN.get(self.kind, self.kind)}/{self.year}/{self.number}"

    @property
    def address(self) -> str:
        """Return its address on legislation.gov.uk."""
        return f"https://www.legislation.gov.uk/{self.key}"

    @property
    def citation(self) -> str:
        """Return its usual citation, such as "2018 c. 13"; empty for kinds that we cannot cite by rule."""
        shape = SHAPES.get(self.kind, "")
        if self.kind == "eur" and self.year < "2015":
            shape = "Regulation (EU) No {number}/{year}"
        if self.kind == "bill" and self.number.startswith("HL"):
            shape = f"HL {shape}"
        text = shape.format(year=_in_regnal_words(self.year), number=self.number.removeprefix("HL"))
        return f"{text} ({self.series.replace('; ', ') (')})" if text and self.series else text


SHAPES = {
    "bill": "Bill {number} ({year})",
    "aep": "{year} c. {number}",
    "apgb": "{year} c. {number}",
    "ukpga": "{year} c. {number}",
    "asp": "{year} asp {number}",
    "asc": "{year} asc {number}",
    "anaw": "{year} anaw {number}",
    "mwa": "{year} nawm {number}",
    "nia": "{year} c. {number} (N.I.)",
    "uksi": "S.I. {year}/{number}",
    "wsi": "S.I. {year}/{number}",
    "nisi": "S.I. {year}/{number}",
    "ssi": "S.S.I. {year}/{number}",
    "nisr": "S.R. {year}/{number}",
    "uksro": "S.R. & O. {year}/{number}",
    "eur": "Regulation (EU) {year}/{number}",
}


def parse_address(text: str) -> LawRef | None:
    """Return the law at an address on legislation.gov.uk or an EU law's ELI address; None when it is neither."""
    text = text.strip()
    if eli := ELI.match(text):
        return LawRef(ELI_KINDS[eli[1].lower()], eli[2], eli[3])
    host = HOST.match(text)
    if not host:
        return None
    path = text[host.end() :].partition("?")[0].partition("#")[0]
    segments = [segment for segment in path.split("/") if segment]
    if segments[:1] == ["id"]:
        segments = segments[1:]
    if len(segments) < 3 or segments[0] not in KINDS:
        return None
    return _from_segments(segments[0], segments[1:])


def _from_segments(kind: str, rest: list[str]) -> LawRef | None:
    """Return the law with the year and number of a path; before 1963 an Act's year is regnal and takes two segments."""
    length = 1 if CALENDAR_YEAR.fullmatch(rest[0]) else 2
    year, rest = "/".join(rest[:length]), rest[length:]
    if not rest or not NUMBER.fullmatch(rest[0]):
        return None
    return LawRef(kind, year, rest[0].lower().lstrip("0") or "0")


def _in_regnal_words(year: str) -> str:
    """Return "10 & 11 Geo. 6" for "Geo6/10-11"; a calendar year or a session comes back as it is."""
    reign, _, years = year.partition("/")
    words = REIGN_PARTS.findall(reign) if years else []
    parts = ["&" if word == "and" else f"{word}." if word.isalpha() else word for word in words]
    return f"{years.replace('-', ' & ')} {' '.join(parts)}" if parts else year


REIGN_PARTS = re.compile(r"and(?=[A-Z0-9])|[A-Z][a-z]*?(?=and[A-Z0-9]|[A-Z0-9]|$)|\d+", re.ASCII)
# The reigns of the Parliament of the UK; Acts of George III are told apart by their address.
REGNAL = re.compile(
    r"\b(?P<years>\d{1,2}(?:\s*(?:&|and)\s*\d{1,2})?)\s+(?P<reign>Geo\.?\s*[456]|Will\.?\s*4|Vict|Edw\.?\s*7|Eliz\.?\s*2)"
    r"\.?,?\s*(?:c|ch)\.?\s*(?P<number>\d+)",
    re.ASCII,
)
YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
SLASH_OR_NO = r"\s*(?:/|\s?No\.?\s*)"
SERIES = r"(?P<series>(?:\s*\((?:C|L|S|W|Cy|N\.?\s?I)\.?\s*\d+\))*)"
ONE_SERIES = re.compile(r"\(([A-Za-z. ]+?)[. ]*(\d+)\)", re.ASCII)
PATTERNS = [
    (kind, re.compile(pattern, re.ASCII))
    for kind, pattern in (
        ("bill", r"\b(?P<house>HL )?Bill (?P<number>\d{1,5}) (?:of )?\(?(?P<year>(?:1[89]|20)\d\d(?:[-–/]\d\d)?)\b"),
        ("ssi", rf"\bS\.?\s?S\.?\s?I\.?\s*{YEAR}{SLASH_OR_NO}(?P<number>\d{{1,5}})(?!\d)"),
        ("wsi", rf"\bW\.\s?S\.?\s?I\.?\s*{YEAR}\s*/\s*(?P<number>\d{{1,5}})(?!\d)"),
        ("uksi", rf"\bS\.?\s?I\.?\s*(?:No\.?\s*)?{YEAR}{SLASH_OR_NO}(?P<number>\d{{1,5}})(?!\d){SERIES}"),
        ("nisr", rf"\bS\.?\s?R\.?\s*{YEAR}{SLASH_OR_NO}(?P<number>\d{{1,5}})(?!\d)"),
        ("uksro", rf"\bS\.?\s?R\.?\s*(?:&|and)\s*O\.?\s*{YEAR}\s*/\s*(?P<number>\d{{1,5}})(?!\d)"),
        ("asp", rf"\b{YEAR}\s+asp\s+(?P<number>\d+)"),
        ("asc", rf"\b{YEAR}\s+asc\s+(?P<number>\d+)"),
        ("anaw", rf"\b{YEAR}\s+anaw\s+(?P<number>\d+)"),
        ("mwa", rf"\b{YEAR}\s+(?:nawm|mwa)\s+(?P<number>\d+)"),
        ("nia", rf"\b{YEAR}\s+c\.?\s*(?P<number>\d+)\s*\(N\.?\s?I\.?\)"),
        ("ukpga", rf"\b{YEAR}\s+(?i:c(?:h(?:apter)?)?)\.?\s*(?P<number>\d+)(?!\s*\(N\.?\s?I|\d)"),
        ("ukpga", rf"\bAct\s+{YEAR}\s*\((?:c\.?|chapter)\s*(?P<number>\d+)\)"),
        ("uksi", rf"\b{YEAR}\s+No\.\s*(?P<number>\d{{1,5}})(?!\d){SERIES}"),
        ("eur", rf"\bRegulation\s+\((?:EU|EC|EEC)\)\s+No\.?\s*(?P<number>\d+)/{YEAR}(?!\d)"),
        ("eur", rf"\bRegulation\s+\((?:EU|EC|EEC)\)\s+{YEAR}/(?P<number>\d+)"),
        ("eudn", rf"\bDecision\s+\((?:CFSP|EU|EC)\)\s+{YEAR}/(?P<number>\d+)"),
        ("eudr", rf"\bDirective\s+(?:\((?:EU|EC)\)\s+)?{YEAR}/(?P<number>\d+)"),
    )
]


def parse_citation(text: str) -> LawRef | None:
    """Return the law that a text such as "2018 c. 13", "Bill 157 (2017-19)" or "S.I. 2020 No. 680" cites; else None."""
    if found := REGNAL.search(text):
        reign, years = re.sub(r"[.\s]", "", found["reign"]), "-".join(re.findall(r"\d+", found["years"]))
        return LawRef("ukpga", f"{reign}/{years}", found["number"].lstrip("0") or "0")
    for kind, pattern in PATTERNS:
        if found := pattern.search(text):
            parts = found.groupdict()
            numbers = ONE_SERIES.findall(parts.get("series") or "")
            series = "; ".join(f"{'N.I' if name[0] == 'N' else name}. {number}" for name, number in numbers)
            number = ("HL" if parts.get("house") else "") + (parts["number"].lstrip("0") or "0")
            return LawRef(_kind_of(kind, series), re.sub("[–/]", "-", parts["year"]), number, series)
    return None


def _kind_of(kind: str, series: str) -> str:
    """Return the kind of an S.I. that a second number, of the Welsh or Northern Ireland series, tells."""
    names = {name[0] for name in series.split("; ") if name.startswith(("W", "Cy", "N"))}
    return "nisi" if "N" in names else "wsi" if names else kind
